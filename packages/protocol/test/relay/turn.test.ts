import { describe, expect, it } from "vitest";
import {
  type Change,
  CloseCode,
  decodeRelayMessage,
  encodeChange,
  encodeRelayMessage,
  encodeTurn,
} from "../../src/index.ts";
import { relayKind } from "../../src/message-kind.ts";
import { answers, changes, gone } from "../exemplars.ts";
import { frame, refusalOf } from "../frames.ts";

const decodeTurn = (encoded: Uint8Array) => {
  const turn = decodeRelayMessage(encoded);
  if (turn.type !== "turn") throw new Error("not a turn");
  return turn;
};

describe("encodeTurn", () => {
  it("PROTO-17 copies changes that were encoded once into any number of turns", () => {
    const shared = changes.map(encodeChange);
    const before = shared.map((change) => change.slice());
    const whole = encodeTurn({ answers: [], changes: shared, cursor: "c", more: false });
    const some = encodeTurn({ answers, changes: shared.slice(2, 4), cursor: null, more: true });
    expect(whole).toEqual(encodeRelayMessage({ type: "turn", answers: [], changes, cursor: "c", more: false }));
    expect(decodeTurn(some)).toStrictEqual({
      type: "turn",
      answers,
      changes: changes.slice(2, 4),
      cursor: null,
      more: true,
    });
    // What one session does with its frame is nothing to the others.
    whole.fill(0xff);
    expect(shared).toEqual(before);
    expect(decodeTurn(encodeTurn({ answers: [], changes: shared, cursor: null, more: false })).changes).toEqual(
      changes,
    );
  });

  it("PROTO-18 a gone holds the name of what is gone and no byte more, whatever it was made from", () => {
    const secret = "sécret".repeat(20);
    const told = encodeChange({
      kind: "gone",
      model: 3,
      key: "k",
      facet: 2,
      life: 5,
      version: 77,
      at: 1_700_000_000_000,
      createdAt: 1_600_000_000_000,
      row: JSON.stringify([secret]),
      update: new TextEncoder().encode(secret),
    });
    expect([...told]).toEqual([3, 3, 1, "k".charCodeAt(0), 2]);
    const [decoded] = decodeTurn(encodeTurn({ answers: [], changes: [told], cursor: null, more: false })).changes;
    expect(decoded).toStrictEqual({ ...gone, model: 3, key: "k", facet: 2 });
  });

  it("PROTO-18 a gone with a row is refused", () => {
    const turn = (flags: number, ...rest: (number | string)[]) =>
      frame(relayKind.turn, 0, 0, 1, flags, 0, "k", 0, ...rest);
    expect(refusalOf("relay", turn(3))).toBeNull();
    expect(refusalOf("relay", turn(7))).toBe(CloseCode.malformed);
    expect(refusalOf("relay", turn(7, "[1]"))).toBe(CloseCode.malformed);
  });

  it.each<[string, Partial<Change>]>([
    ["an update without bytes", { kind: "update", update: null }],
    ["a state without bytes", { kind: "state", update: null }],
    ["a tombstone with bytes", { kind: "tombstone", update: new Uint8Array(2) }],
  ])("PROTO-17 writes no %s", (_, of) => {
    const [change] = changes;
    if (change === undefined) throw new Error("no exemplar");
    expect(() => encodeChange({ ...change, ...of })).toThrow(RangeError);
  });
});
