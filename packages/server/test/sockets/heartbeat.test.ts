import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { createHeartbeat } from "../../src/sockets/heartbeat.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function fakeSocket() {
  const calls: string[] = [];
  const emitter = new EventEmitter();
  const socket = Object.assign(emitter, {
    bufferedAmount: 0,
    isPaused: false,
    ping: () => void calls.push("ping"),
    terminate: () => {
      calls.push("terminate");
      emitter.emit("close");
    },
  });
  return { socket: socket as unknown as WebSocket & typeof socket, connection: { bytesRead: 0 }, calls };
}

test("SERVER-59 a socket on which nothing moves for a round is cut off, others are pinged on", () => {
  const heartbeat = createHeartbeat({ beatMs: 10, beatsPerRound: 3 });
  const [dead, reader, writer] = [fakeSocket(), fakeSocket(), fakeSocket()];
  for (const { socket, connection } of [dead, reader, writer]) heartbeat.watch(socket, connection);
  for (let round = 0; round < 4; round += 1) {
    vi.advanceTimersByTime(30);
    reader.connection.bytesRead += 1;
    writer.socket.bufferedAmount += 1;
  }
  expect(dead.calls).toEqual(["ping", "terminate"]);
  expect(reader.calls).toEqual(["ping", "ping", "ping", "ping"]);
  expect(writer.calls).toEqual(["ping", "ping", "ping", "ping"]);
  heartbeat.stop();
  vi.advanceTimersByTime(300);
  expect(reader.calls).toHaveLength(4);
});

test("SERVER-59 a socket that nothing was read of gets a round more", () => {
  const heartbeat = createHeartbeat({ beatMs: 10, beatsPerRound: 1 });
  const { socket, connection, calls } = fakeSocket();
  heartbeat.watch(socket, connection);
  socket.isPaused = true;
  vi.advanceTimersByTime(20);
  socket.isPaused = false;
  vi.advanceTimersByTime(10);
  expect(calls).toEqual(["ping", "ping", "ping"]);
  vi.advanceTimersByTime(10);
  expect(calls).toEqual(["ping", "ping", "ping", "terminate"]);
  heartbeat.stop();
});

test("SERVER-59 sockets are spread over the beats of a round", () => {
  const heartbeat = createHeartbeat({ beatMs: 10, beatsPerRound: 4 });
  const all = Array.from({ length: 8 }, fakeSocket);
  for (const { socket, connection } of all) heartbeat.watch(socket, connection);
  const pinged = Array.from({ length: 4 }, () => {
    const before = all.flatMap(({ calls }) => calls).length;
    vi.advanceTimersByTime(10);
    return all.flatMap(({ calls }) => calls).length - before;
  });
  expect(pinged).toEqual([2, 2, 2, 2]);
  heartbeat.stop();
});

test("SERVER-59 a socket that closed is forgotten", () => {
  const heartbeat = createHeartbeat({ beatMs: 10, beatsPerRound: 1 });
  const { socket, connection, calls } = fakeSocket();
  heartbeat.watch(socket, connection);
  socket.emit("close");
  vi.advanceTimersByTime(100);
  expect(calls).toEqual([]);
  heartbeat.stop();
});
