/**
 * Bytes from anybody, at any time: each ends in a `bye` for the session they came to, or is a message like another (I12).
 * Seeds are in the titles; a failure prints what was sent last.
 */
import { type ClientMessage, encodeClientMessage } from "@tributary/protocol";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { createRandom, type Random } from "@tributary/testkit";
import { describe, expect, it } from "vitest";
import type { Logger } from "../src/index.ts";
import { createBoardWriter } from "./fixtures/board-writer.ts";
import { connect, dumpOf, helloOf, settle, startRelay, type TestClient } from "./fixtures/test-relay.ts";

const FRAMES = 1500;

/** A log that keeps what must not be there: faults of the relay's own. */
function faultLog(): Logger & { readonly faults: unknown[] } {
  const faults: unknown[] = [];
  return { faults, debug() {}, info() {}, warn() {}, error: (fields) => faults.push(fields) };
}

/** Valid messages of all kinds; numbers, names and bytes in them come from small pools, so that they meet. */
function messageOf(random: Random, n: number): ClientMessage {
  const writer = createBoardWriter(600 + random.int(4));
  const model = random.pick(["Note", "Seat", "Ballot", "Notice", "Nothing"]);
  const key = random.pick(["k1", "k2", "[1,2]", "[1]", "x".repeat(900)]);
  const make = (): Uint8Array => {
    const note = writer.create("Note", { id: random.pick(["k1", "k2"]), title: "t", tags: ["a", "b", "c"] });
    return random.chance(0.3) ? random.bytes(random.int(60)) : mutate(random, note.update, 0.5);
  };
  switch (random.int(7)) {
    case 0:
      return { type: "pull", pages: 1 + random.int(20) };
    case 1:
      return { type: "claim", clientId: 600 + random.int(8), record: random.chance(0.5) ? null : { model, key } };
    case 2:
      return { type: "want", records: Array.from({ length: random.int(20) }, () => ({ model, key })) };
    case 3:
      return { type: "reauthenticate", auth: { kind: "apiKey", key: "key" } };
    default: {
      const changes = Array.from({ length: 1 + random.int(3) }, () => ({
        model,
        key,
        facet: random.int(2),
        life: 1 + random.int(3),
        update: make(),
        condition: random.chance(0.2) ? { kind: random.pick(["all", "field", "nonsense"]) } : null,
        baseVersion: random.chance(0.2) ? random.int(4) : null,
      }));
      return { type: "push", nonce: "x", settled: Math.max(0, n - 5), pushes: [{ n, changes }] };
    }
  }
}

/** The bytes with some of them changed, cut or repeated. */
function mutate(random: Random, bytes: Uint8Array, probability: number): Uint8Array {
  if (!random.chance(probability) || bytes.length === 0) return bytes;
  const copy = bytes.slice();
  for (let i = random.int(3); i >= 0; i--)
    copy[random.int(copy.length)] = random.pick([0, 1, 127, 128, 255, random.int(256)]);
  if (random.chance(0.2)) return copy.slice(0, random.int(copy.length));
  if (random.chance(0.1)) return Uint8Array.from([...copy, ...random.bytes(random.int(8))]);
  return copy;
}

function frameOf(random: Random, n: number): Uint8Array {
  if (random.chance(0.1)) return random.bytes(random.int(200));
  return mutate(random, encodeClientMessage(messageOf(random, n)), 0.3);
}

describe.each([1, 2, 3])("seed %i", (seed) => {
  it(`I12 any bytes end in an answer or an error for that session only (seed ${seed})`, async () => {
    const random = createRandom(seed);
    const log = faultLog();
    const adapter = createMemoryAdapter();
    const relay = await startRelay({ adapter, log });
    const honest = connect(relay, "honest");
    const writer = createBoardWriter(71);
    await honest.sync({ clientIds: [71] });
    let honestPushes = 0;
    let ended = 0;
    let answered = 0;
    let client: TestClient | null = null;
    for (let i = 1; i <= FRAMES; i++) {
      if (client === null) {
        client = connect(relay, `r${random.int(5)}`);
        if (random.chance(0.95)) {
          client.send(helloOf(`r${random.int(5)}`, { clientIds: [600 + random.int(4)], isEmpty: random.chance(0.5) }));
          await settle(8);
        }
      }
      const frame = frameOf(random, i);
      client.sendBytes(frame);
      if (random.chance(0.3)) await settle(3);
      if (client.closedWith !== null) {
        const last = `frame ${i}: ${Buffer.from(frame).toString("hex")}`;
        expect(client.received.at(-1)?.type, last).toBe("bye");
        expect(client.closedWith, last).not.toBe(1013);
        answered += client.answers().length;
        ended++;
        client = null;
      }
      if (i % 100 === 0) {
        const ack = await honest.push(++honestPushes, [writer.create("Note", { id: `h${i}`, title: "t" })]);
        expect(ack, `frame ${i}`).toMatchObject({ kind: "ack", results: [{ version: 1 }] });
      }
    }
    await settle();
    expect(log.faults).toEqual([]);
    expect(honest.closedWith).toBeNull();
    expect(ended).toBeGreaterThan(100);
    expect(answered).toBeGreaterThan(100);
    expect(relay.stats().pushesRefused).toBeGreaterThan(100);
    expect((await dumpOf(adapter)).split("\n").filter((line) => line.includes('"h'))).not.toHaveLength(0);
    expect((await relay.records.get({ kind: "operator" }, "Note", `h${FRAMES}`))?.version).toBe(1);
  });
});
