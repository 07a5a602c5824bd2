/** What no frame may be, whatever its message: each shape of version 1 is broken in turn. */
import { describe, expect, it } from "vitest";
import { CloseCode, encodeClientMessage, encodeRelayMessage } from "../src/index.ts";
import { clientKind, relayKind, reservedNames } from "../src/message-kind.ts";
import { clientExemplars, relayExemplars } from "./exemplars.ts";
import { decode, problemOf, refusalOf, type Side, toHex } from "./frames.ts";

interface Exemplar {
  readonly side: Side;
  readonly type: string;
  readonly frame: Uint8Array;
}

const exemplars: Exemplar[] = [
  ...clientExemplars.map((message) => ({
    side: "client" as const,
    type: message.type,
    frame: encodeClientMessage(message),
  })),
  ...relayExemplars.map((message) => ({
    side: "relay" as const,
    type: message.type,
    frame: encodeRelayMessage(message),
  })),
];
const binary = exemplars.filter(({ type }) => type === "push" || type === "page" || type === "turn");
const json = exemplars.filter((exemplar) => !binary.includes(exemplar));
const otherSide = (side: Side): Side => (side === "client" ? "relay" : "client");

/** The kinds of one direction. */
const allKinds = (side: Side): number[] =>
  Array.from({ length: 256 }, (_, kind) => kind).filter((kind) => (kind >= 64 && kind < 128) === (side === "relay"));

describe("strictness", () => {
  it.each(named(exemplars))("PROTO-3 no truncation of a %s decodes", (_, { side, frame }) => {
    expect(refusalOf(side, frame)).toBeNull();
    for (let length = 0; length < frame.length; length++) {
      expect(refusalOf(side, frame.subarray(0, length)), `${length} of ${frame.length} bytes`).toBe(
        CloseCode.malformed,
      );
    }
  });

  it.each(named(binary))("PROTO-3 no byte may follow a %s", (_, { side, frame }) => {
    expect(refusalOf(side, Uint8Array.from([...frame, 0]))).toBe(CloseCode.malformed);
  });

  it.each(named(json))("PROTO-3 nothing but JSON's white space may follow a %s", (_, { side, frame }) => {
    expect(refusalOf(side, Uint8Array.from([...frame, 0x20, 0x0a]))).toBeNull();
    for (const byte of [0x00, 0x2c, 0x7b, 0x30]) {
      expect(refusalOf(side, Uint8Array.from([...frame, byte])), `byte ${byte}`).toBe(CloseCode.malformed);
    }
  });

  it.each(named(exemplars))("PROTO-4 a %s is refused in the other direction, and said to be", (_, { side, frame }) => {
    const problem = problemOf(() => decode(otherSide(side), frame));
    expect(problem?.code).toBe(CloseCode.malformed);
    expect(problem?.message).toContain("wrong direction");
  });

  it("PROTO-4 no number is a kind of both directions, and only those of the table decode", () => {
    const names = new Set<number>([...Object.values(clientKind), ...Object.values(relayKind), ...reservedNames.keys()]);
    expect(names.size).toBe(Object.keys(clientKind).length + Object.keys(relayKind).length + reservedNames.size);
    for (const side of ["client", "relay"] as const) {
      const own = new Set<number>(Object.values(side === "client" ? clientKind : relayKind));
      for (const kind of allKinds(side).filter((number) => !own.has(number))) {
        const problem = problemOf(() => decode(side, Uint8Array.of(kind, 0x7b, 0x7d)));
        expect(problem?.code, `kind ${kind}`).toBe(CloseCode.malformed);
        const reserved = reservedNames.get(kind);
        if (reserved !== undefined) expect(problem?.message).toContain(`(${reserved}) is reserved`);
        else expect(problem?.message).toMatch(/is unknown|is no message/);
      }
    }
  });

  it.each(named(json))("PROTO-5 every field of a %s is needed", (_, { side, type, frame }) => {
    const body = JSON.parse(new TextDecoder().decode(frame.subarray(1))) as Record<string, unknown>;
    for (const field of Object.keys(body)) {
      const { [field]: taken, ...rest } = body;
      expect(taken).toBeDefined();
      expect(refusalOf(side, withBody(frame, rest)), field).toBe(CloseCode.malformed);
    }
    expect(Object.keys(body).length, type).toBeGreaterThan(0);
  });

  it.each(named(json))("PROTO-5 a %s with a field more is refused, but for a bye", (_, { side, type, frame }) => {
    const text = new TextDecoder().decode(frame.subarray(1));
    for (const more of ['"more":1', '"__proto__":{"isAdmin":true}', '"constructor":1']) {
      const code = refusalOf(side, withBody(frame, text.replace("{", `{${more},`)));
      expect(code, more).toBe(type === "bye" ? null : CloseCode.malformed);
    }
  });

  it.each(named(json))("PROTO-5 no field of a %s takes a value of another type", (_, { side, type, frame }) => {
    const body = JSON.parse(new TextDecoder().decode(frame.subarray(1))) as Record<string, unknown>;
    const strange: unknown[] = [true, "x".repeat(20_000), -2, 1.5, [[]], [{}], { x: [[1]] }];
    for (const field of Object.keys(body)) {
      const taken = strange.filter((value) => refusalOf(side, withBody(frame, { ...body, [field]: value })) === null);
      // A flag takes true, and predicates are anything, under any name.
      const fits = taken.every((value) => value === true || (field === "expressions" && !Array.isArray(value)));
      expect(fits, `${type}.${field}: ${JSON.stringify(taken)}`).toBe(true);
    }
  });

  it.each(named(exemplars))("PROTO-2 a %s has one encoding: no longer integer passes", (_, { side, frame }) => {
    if (json.some((exemplar) => exemplar.frame === frame)) return;
    // Where a byte below 128 ends an integer, two bytes could say the same: 0x80 | value, 0.
    let tried = 0;
    for (let at = 1; at < frame.length; at++) {
      const byte = frame[at] ?? 0;
      if (byte > 0x7f) continue;
      const longer = Uint8Array.from([...frame.subarray(0, at), byte | 0x80, 0, ...frame.subarray(at + 1)]);
      tried++;
      if (refusalOf(side, longer) !== null) continue;
      // It decodes only where the byte was content and not a number: then it means something else.
      expect(decode(side, longer), toHex(longer)).not.toEqual(decode(side, frame));
    }
    expect(tried).toBeGreaterThan(0);
  });
});

function named(list: readonly Exemplar[]): [string, Exemplar][] {
  return list.map((exemplar) => [`${exemplar.side}'s ${exemplar.type}`, exemplar]);
}

function withBody(frame: Uint8Array, body: unknown): Uint8Array {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return Uint8Array.from([frame[0] ?? 0, ...new TextEncoder().encode(text)]);
}
