import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ceilings } from "../src/ceilings.ts";
import {
  CloseCode,
  decodeClientMessage,
  decodeRelayMessage,
  defaultLimits,
  encodeClientMessage,
  encodeRelayMessage,
  ProtocolError,
} from "../src/index.ts";
import { clientKind, relayKind } from "../src/message-kind.ts";
import { clientExemplars, hello, relayExemplars } from "./exemplars.ts";
import { jsonFrame, type Side, toHex } from "./frames.ts";

const RUNS = 15_000;
const frames = [
  ...clientExemplars.map(encodeClientMessage),
  ...relayExemplars.map(encodeRelayMessage),
  jsonFrame(clientKind.hello, { protocol: 2 }),
  // A byte more is one too many.
  encodeClientMessage({ ...hello, agent: "a".repeat(ceilings.agentBytes) }),
];
const kinds = [...Object.values(clientKind), ...Object.values(relayKind)];
const expected: readonly number[] = [CloseCode.malformed, CloseCode.tooLarge, CloseCode.unsupportedVersion];

/** Bytes that mean something: ends of integers, flags, JSON's own characters, UTF-8's borders. */
const telling = [0, 1, 2, 7, 0x22, 0x2c, 0x2d, 0x30, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xc0, 0xed, 0xff];

const mutations = fc.record({
  how: fc.constantFrom("set", "flip", "insert", "remove", "cut", "splice", "enlarge"),
  at: fc.nat(1000),
  byte: fc.oneof(fc.constantFrom(...telling), fc.nat(255)),
  length: fc.integer({ min: 1, max: 20 }),
  from: fc.constantFrom(...frames),
});
type Mutation = typeof mutations extends fc.Arbitrary<infer T> ? T : never;

function mutated(frame: Uint8Array, { how, at: place, byte, length, from }: Mutation): Uint8Array {
  const at = place % (frame.length + 1);
  const [head, tail] = [frame.subarray(0, at), frame.subarray(at)];
  switch (how) {
    case "set":
      return Uint8Array.from([...head, byte, ...tail.subarray(1)]);
    case "flip":
      return Uint8Array.from([...head, (tail[0] ?? 0) ^ (1 << (byte & 7)), ...tail.subarray(1)]);
    case "insert":
      return Uint8Array.from([...head, byte, ...tail]);
    case "remove":
      return Uint8Array.from([...head, ...tail.subarray(length)]);
    case "cut":
      return head;
    case "splice":
      return Uint8Array.from([...head, ...from.subarray(byte % from.length).subarray(0, length), ...tail]);
    default:
      return Uint8Array.from([...head, 0xff, 0xff, 0xff, 0xff, byte & 0xf, ...tail.subarray(1)]);
  }
}

function decodeAndEncode(side: Side, frame: Uint8Array): Uint8Array {
  return side === "client"
    ? encodeClientMessage(decodeClientMessage(frame, defaultLimits))
    : encodeRelayMessage(decodeRelayMessage(frame));
}

/** Counts what frames came to, by kind of message or by close code. */
function createTally(): { readonly counts: Map<string, number>; take(side: Side, frame: Uint8Array): void } {
  const counts = new Map<string, number>();
  const count = (outcome: string): Map<string, number> => counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return {
    counts,
    take(side, frame) {
      try {
        const again = decodeAndEncode(side, frame);
        count(`kind ${again[0]}`);
        expect(toHex(decodeAndEncode(side, again))).toBe(toHex(again));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw new Error(`a ${side}'s ${toHex(frame)}`, { cause: error });
        if (!expected.includes(error.code)) throw new Error(`code ${error.code} for a ${side}'s ${toHex(frame)}`);
        count(`code ${error.code}`);
      }
    },
  };
}

describe("hostile frames", () => {
  it.each([1, 2])("PROTO-19 I12 mutated ones end in a ProtocolError or in a whole message, seed %i", (seed) => {
    const { counts, take } = createTally();
    const steps = fc.array(mutations, { minLength: 1, maxLength: 3 });
    const property = fc.property(fc.constantFrom(...frames), steps, fc.nat(9), (frame, applied, turn) => {
      const sent = applied.reduce(mutated, frame);
      const isClients = (sent[0] ?? 0) < 64;
      take(isClients === turn > 0 ? "client" : "relay", sent);
    });
    fc.assert(property, { seed, numRuns: RUNS });
    // Every kind got through in some form, and every way to be refused came up.
    for (const kind of kinds) expect(counts.get(`kind ${kind}`) ?? 0, `kind ${kind}`).toBeGreaterThan(0);
    for (const code of expected) expect(counts.get(`code ${code}`) ?? 0, `code ${code}`).toBeGreaterThan(0);
    expect(counts.get(`code ${CloseCode.malformed}`) ?? 0).toBeGreaterThan(RUNS / 3);
  });

  it.each([1, 2])("PROTO-19 I12 bytes of no plan end in a ProtocolError, seed %i", (seed) => {
    const { counts, take } = createTally();
    const property = fc.property(fc.constantFrom(...kinds, 0, 7, 71, 200), fc.uint8Array(), (kind, body) => {
      for (const side of ["client", "relay"] as const) take(side, Uint8Array.from([kind, ...body]));
    });
    fc.assert(property, { seed, numRuns: RUNS / 3 });
    expect(counts.get(`code ${CloseCode.malformed}`) ?? 0).toBeGreaterThan((RUNS / 3) * 1.9);
  });
});
