import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ClientMessage,
  decodeClientMessage,
  decodeRelayMessage,
  defaultLimits,
  encodeClientMessage,
  encodeRelayMessage,
  type RelayMessage,
} from "../src/index.ts";
import { clientMessages, relayMessages } from "./arbitraries.ts";
import { clientExemplars, relayExemplars } from "./exemplars.ts";

const RUNS = 1000;

/** Counts messages by type, to prove that every one of them came up. */
function tally(of: Map<string, number>, { type }: ClientMessage | RelayMessage): void {
  of.set(type, (of.get(type) ?? 0) + 1);
}

describe("round trip", () => {
  it.each(clientExemplars.map((message) => [message.type, message] as const))(
    "PROTO-1 a client's %s comes back as it was sent",
    (_, message) => {
      expect(decodeClientMessage(encodeClientMessage(message), defaultLimits)).toStrictEqual(message);
    },
  );

  it.each(relayExemplars.map((message) => [message.type, message] as const))(
    "PROTO-1 a relay's %s comes back as it was sent",
    (_, message) => {
      expect(decodeRelayMessage(encodeRelayMessage(message))).toStrictEqual(message);
    },
  );

  it.each([1, 2])("PROTO-1 PROTO-2 any client message comes back, and has one frame, seed %i", (seed) => {
    const types = new Map<string, number>();
    fc.assert(
      fc.property(clientMessages, (message) => {
        tally(types, message);
        const frame = encodeClientMessage(message);
        const decoded = decodeClientMessage(frame, defaultLimits);
        expect(decoded).toEqual(message);
        expect(encodeClientMessage(decoded)).toEqual(frame);
      }),
      { seed, numRuns: RUNS },
    );
    for (const { type } of clientExemplars) expect(types.get(type), type).toBeGreaterThan(RUNS / 20);
  });

  it.each([1, 2])("PROTO-1 PROTO-2 any relay message comes back, and has one frame, seed %i", (seed) => {
    const types = new Map<string, number>();
    fc.assert(
      fc.property(relayMessages, (message) => {
        tally(types, message);
        const frame = encodeRelayMessage(message);
        const decoded = decodeRelayMessage(frame);
        expect(decoded).toEqual(message);
        expect(encodeRelayMessage(decoded)).toEqual(frame);
      }),
      { seed, numRuns: RUNS },
    );
    for (const { type } of relayExemplars) expect(types.get(type), type).toBeGreaterThan(RUNS / 20);
  });
});
