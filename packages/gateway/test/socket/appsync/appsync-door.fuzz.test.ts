/**
 * Random bytes and random JSON, before and after the handshake: each socket gets an answer of the protocol or is closed, and
 * nothing else feels it.
 */
import { createRandom, type Random } from "@tributary/testkit";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startGateway } from "../../start-gateway.ts";

const SOCKETS = 40;
const MESSAGES = 8;
/** Of what the server says. */
const types = ["connection_ack", "connection_error", "ka", "start_ack", "data", "error", "complete"];

const onCreate = "subscription { onCreateTask { id } }";

function randomText(random: Random): string {
  const whole = JSON.stringify(randomMessage(random));
  if (random.int(3) > 0) return whole;
  const at = random.int(whole.length);
  return whole.slice(0, at) + String.fromCharCode(random.int(0x3000)) + whole.slice(at + random.int(3));
}

function randomMessage(random: Random): unknown {
  const message: Record<string, unknown> = {
    type: random.pick(["start", "start", "stop", "connection_init", "ka", 1]),
  };
  if (random.int(5) > 0) message.id = random.pick(["1", "2", "", "x".repeat(300), 7, null]);
  if (random.int(5) > 0) message.payload = random.pick([null, 1, [], {}, randomPayload(random)]);
  return random.int(8) === 0 ? randomJson(random, 4) : message;
}

function randomPayload(random: Random): unknown {
  const request = {
    query: random.pick([onCreate, "{ __typename }", "subscription {", "{".repeat(2_000), 1, null]),
    variables: random.pick([null, {}, [], randomJson(random, 3)]),
  };
  const authorization = random.pick([
    null,
    {},
    [],
    { "x-api-key": "wrong" },
    { "x-api-key": "right" },
    randomJson(random, 2),
  ]);
  const data = random.pick([JSON.stringify(request), JSON.stringify(request), "nothing", 1, null]);
  return { data, extensions: random.pick([{ authorization }, null, 1]) };
}

function randomJson(random: Random, depth: number): unknown {
  switch (depth === 0 ? random.int(4) : random.int(6)) {
    case 0:
      return random.int(1_000) - 500;
    case 1:
      return random.pick(["", "__proto__", "constructor", "é", "\u0000", "x".repeat(1_000)]);
    case 2:
      return null;
    case 3:
      return random.int(2) === 0;
    case 4:
      return Array.from({ length: random.int(4) }, () => randomJson(random, depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.int(4) }, () => [
          random.pick(["type", "id", "__proto__", "toString", "payload"]),
          randomJson(random, depth - 1),
        ]),
      );
  }
}

/** Introduces itself or not, sends what it is given, and resolves with what came of it when the server had its say. */
async function talk(endpoint: string, header: string | null, messages: readonly (string | Uint8Array)[]) {
  const url = `${endpoint.replace("http", "ws")}/realtime?header=${encodeURIComponent(header ?? "")}`;
  const socket = new WebSocket(url, ["graphql-ws"]);
  const frames: { readonly type: string }[] = [];
  socket.on("error", () => {});
  socket.on("message", (data) => frames.push(JSON.parse(String(data))));
  const closed = new Promise<number>((resolve) => socket.once("close", (code) => resolve(code)));
  await new Promise((resolve) => socket.once("open", resolve));
  if (header !== null) {
    socket.send('{"type":"connection_init"}');
    await new Promise((resolve) => socket.once("message", resolve));
  }
  for (const message of messages) socket.send(message);
  // The last word cannot be misread: it closes the socket if nothing before it did.
  socket.send("the end");
  return { frames, code: await closed };
}

describe("AppSync's realtime protocol", () => {
  it.each([3, 5])("RT-9 ends sockets that send anything at all, and no other (seed %i)", async (seed) => {
    const random = createRandom(seed);
    const gateway = await startGateway();
    const other = gateway.realtime();
    await other.connect();
    const subscription = other.subscribe(onCreate);
    expect(await subscription.started).toMatchObject({ type: "start_ack" });
    const right = Buffer.from('{"x-api-key":"right"}').toString("base64");
    const heard = new Map<string, number>();
    for (let i = 0; i < SOCKETS; i += 1) {
      const messages = Array.from({ length: MESSAGES }, () =>
        random.int(6) === 0 ? Uint8Array.from({ length: random.int(40) }, () => random.int(256)) : randomText(random),
      );
      const { frames, code } = await talk(gateway.url, random.pick([right, right, right, "AAAA", null]), messages);
      expect([4400, 4403], JSON.stringify(messages.map(String))).toContain(code);
      for (const { type } of frames) {
        expect(types).toContain(type);
        heard.set(type, (heard.get(type) ?? 0) + 1);
      }
      await gateway.field(`mutation { createTask(input: { id: "${seed}-${i}", title: "t" }) { id } }`);
      await expect.poll(() => subscription.events).toHaveLength(i + 1);
    }
    expect(gateway.logged).toEqual([]);
    expect(heard.get("connection_ack")).toBeGreaterThan(SOCKETS / 4);
    expect(heard.get("error")).toBeGreaterThan(SOCKETS / 2);
  });
});
