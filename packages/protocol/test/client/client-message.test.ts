import { describe, expect, it } from "vitest";
import { ceilings } from "../../src/ceilings.ts";
import {
  type ChangeItem,
  type ClientMessage,
  CloseCode,
  decodeClientMessage,
  defaultLimits,
  encodeClientMessage,
  type Limits,
} from "../../src/index.ts";
import { clientKind } from "../../src/message-kind.ts";
import { hello } from "../exemplars.ts";
import { frame, jsonFrame, problemOf, refusalOf } from "../frames.ts";

const { malformed, tooLarge, unsupportedVersion } = CloseCode;
const refused = (message: ClientMessage, limits: Partial<Limits> = {}): CloseCode | null =>
  refusalOf("client", encodeClientMessage(message), { ...defaultLimits, ...limits });
const change: ChangeItem = {
  model: "Note",
  key: "n1",
  facet: 0,
  life: 1,
  update: new Uint8Array(3),
  condition: null,
  baseVersion: null,
};
const push = (pushes: readonly { n: number; changes: readonly ChangeItem[] }[], settled = 0): ClientMessage => ({
  type: "push",
  settled,
  nonce: "a0",
  pushes,
});
const one = (of: Partial<ChangeItem>): ClientMessage => push([{ n: 1, changes: [{ ...change, ...of }] }]);
const times = (count: number) => Array.from({ length: count }, (_, i) => i);
const nested = (depth: number): unknown => times(depth).reduce<unknown>((inner) => [inner], 1);

describe("frames of a client", () => {
  it("PROTO-3 an empty frame is no message", () => {
    expect(refusalOf("client", new Uint8Array())).toBe(malformed);
  });

  it("PROTO-6 each limit that a welcome tells holds to the unit", () => {
    const bytes = encodeClientMessage(one({})).length;
    expect(refused(one({}), { maxFrameBytes: bytes })).toBeNull();
    expect(refused(one({}), { maxFrameBytes: bytes - 1 })).toBe(tooLarge);
    for (const message of [hello, { type: "reauthenticate", auth: hello.auth } as const]) {
      const { length } = encodeClientMessage(message);
      expect(refused(message, { maxHelloBytes: length })).toBeNull();
      expect(refused(message, { maxHelloBytes: length - 1 })).toBe(tooLarge);
    }
    const pushes = times(3).map((i) => ({ n: i + 1, changes: [change] }));
    expect(refused(push(pushes), { maxPushesPerFrame: 3 })).toBeNull();
    expect(refused(push(pushes), { maxPushesPerFrame: 2 })).toBe(tooLarge);
    const three = push([{ n: 1, changes: [change, change, change] }]);
    expect(refused(three, { maxChangesPerPush: 3 })).toBeNull();
    expect(refused(three, { maxChangesPerPush: 2 })).toBe(tooLarge);
    expect(refused(one({}), { maxUpdateBytes: 3 })).toBeNull();
    expect(refused(one({}), { maxUpdateBytes: 2 })).toBe(tooLarge);
    const want = (key: string): ClientMessage => ({ type: "want", records: [{ model: "Note", key }] });
    const claim = (key: string): ClientMessage => ({ type: "claim", clientId: 1, record: { model: "Note", key } });
    for (const message of [one({ key: "ää" }), want("ää"), claim("ää")]) {
      expect(refused(message, { maxKeyBytes: 4 })).toBeNull();
      expect(refused(message, { maxKeyBytes: 3 })).toBe(tooLarge);
    }
    const wants: ClientMessage = { type: "want", records: times(3).map((i) => ({ model: "Note", key: `${i}` })) };
    expect(refused(wants, { maxWantRecords: 3 })).toBeNull();
    expect(refused(wants, { maxWantRecords: 2 })).toBe(tooLarge);
  });

  it("PROTO-6 the ceilings of a hello hold to the unit", () => {
    const text = (length: number): string => "a".repeat(length);
    const cases: [Partial<typeof hello>, Partial<typeof hello>][] = [
      [{ agent: text(256) }, { agent: text(257) }],
      [{ replica: text(64) }, { replica: text(65) }],
      [{ schemaHash: text(128) }, { schemaHash: text(129) }],
      [{ cursor: text(10_240) }, { cursor: text(10_241) }],
      [{ acknowledged: { nonce: text(64), n: 1 } }, { acknowledged: { nonce: text(65), n: 1 } }],
      [{ clientIds: times(256).map((i) => i + 1) }, { clientIds: times(257).map((i) => i + 1) }],
      [{ features: times(32).map(String) }, { features: times(33).map(String) }],
      [{ features: [text(64)] }, { features: [text(65)] }],
      [{ models: [text(256)] }, { models: [text(257)] }],
      [{ expressions: { [text(256)]: 1 } }, { expressions: { [text(257)]: 1 } }],
      [{ expressions: { a: nested(30) } }, { expressions: { a: nested(31) } }],
      [{ expressions: { a: times(3900) } }, { expressions: { a: times(4100) } }],
      [{ auth: { kind: "apiKey", key: text(8192) } }, { auth: { kind: "apiKey", key: text(8193) } }],
      [{ auth: { kind: "token", token: text(8192) } }, { auth: { kind: "token", token: text(8193) } }],
      [
        { auth: { kind: "iam", headers: Object.fromEntries(times(32).map((i) => [`h${i}`, ""])) } },
        { auth: { kind: "iam", headers: Object.fromEntries(times(33).map((i) => [`h${i}`, ""])) } },
      ],
      [
        { auth: { kind: "iam", headers: { [text(128)]: text(8192) } } },
        { auth: { kind: "iam", headers: { [text(129)]: "" } } },
      ],
    ];
    for (const [fits, breaks] of cases) {
      const limits = { maxHelloBytes: 64 * 1024 };
      expect(refused({ ...hello, ...fits }, limits), JSON.stringify(fits).slice(0, 60)).toBeNull();
      expect(refused({ ...hello, ...breaks }, limits), JSON.stringify(breaks).slice(0, 60)).toBe(tooLarge);
    }
  });

  it("PROTO-6 the ceilings of a change hold to the unit", () => {
    expect(refused(one({ facet: ceilings.facets - 1 }))).toBeNull();
    expect(refused(one({ facet: ceilings.facets }))).toBe(malformed);
    expect(refused(one({ model: "m".repeat(256) }))).toBeNull();
    expect(refused(one({ model: "m".repeat(257) }))).toBe(tooLarge);
    expect(refused(one({ condition: "c".repeat(16 * 1024 - 2) }))).toBeNull();
    expect(refused(one({ condition: "c".repeat(16 * 1024 - 1) }))).toBe(tooLarge);
    expect(refused(one({ condition: nested(32) }))).toBeNull();
    expect(refused(one({ condition: nested(33) }))).toBe(tooLarge);
  });

  it("PROTO-10 a hello of another version is told so, whatever else is in it", () => {
    for (const body of [{ protocol: 2 }, { protocol: 99, hello: ["new", "shape"] }, { ...hello, protocol: 2 }]) {
      expect(refusalOf("client", jsonFrame(clientKind.hello, body))).toBe(unsupportedVersion);
    }
    for (const protocol of [0, -1, 1.5, "1", null]) {
      expect(refusalOf("client", jsonFrame(clientKind.hello, { ...hello, protocol }))).toBe(malformed);
    }
  });

  it("PROTO-11 the numbers of pushes grow, and lie above what is settled", () => {
    const at = (...numbers: number[]) => numbers.map((n) => ({ n, changes: [change] }));
    expect(refused(push(at(6, 9), 5))).toBeNull();
    expect(refused(push([], 5))).toBeNull();
    for (const numbers of [[5], [4], [6, 6], [7, 6]]) expect(refused(push(at(...numbers), 5))).toBe(malformed);
    expect(refused(push([{ n: 1, changes: [] }]))).toBe(malformed);
  });

  it("PROTO-11 a change names a model of its frame, a key, and a life from 1 on", () => {
    const body = (model: number, life: number): Uint8Array =>
      frame(clientKind.push, 0, "a0", 1, "Note", 1, 1, 1, 0, model, "n1", 0, life, 0);
    expect(refusalOf("client", body(0, 1))).toBeNull();
    expect(refusalOf("client", body(1, 1))).toBe(malformed);
    expect(refusalOf("client", body(0, 0))).toBe(malformed);
    expect(refused(one({ key: "" }))).toBe(malformed);
  });

  it("PROTO-9 a condition is JSON without __proto__, and is left out rather than null", () => {
    const body = (condition: string): Uint8Array =>
      frame(clientKind.push, 0, "a0", 1, "Note", 1, 1, 1, 1, 0, "n1", 0, 1, 0, condition);
    expect(refusalOf("client", body('{"a":1}'))).toBeNull();
    for (const condition of ["null", "{", "", '{"a":{"__proto__":1}}']) {
      expect(refusalOf("client", body(condition)), condition).toBe(malformed);
    }
  });

  it("PROTO-9 data may be named like what objects inherit, but for __proto__", () => {
    const names = { constructor: 1, toString: 2, hasOwnProperty: 3 };
    const message = { ...hello, expressions: names, auth: { kind: "iam" as const, headers: { constructor: "x" } } };
    expect(decodeClientMessage(encodeClientMessage(message), defaultLimits)).toStrictEqual(message);
    const text = JSON.stringify({ ...hello, expressions: "?", auth: { kind: "iam", headers: "!" } });
    const withMaps = (expressions: string, headers: string): Uint8Array =>
      jsonFrame(
        clientKind.hello,
        text.replace('"type":"hello",', "").replace('"?"', expressions).replace('"!"', headers),
      );
    expect(refusalOf("client", withMaps("{}", "{}"))).toBeNull();
    expect(refusalOf("client", withMaps('{"__proto__":1}', "{}"))).toBe(malformed);
    expect(refusalOf("client", withMaps('{"a":[{"__proto__":1}]}', "{}"))).toBe(malformed);
    expect(refusalOf("client", withMaps("{}", '{"__proto__":"x"}'))).toBe(malformed);
  });

  it("PROTO-9 half a surrogate pair is refused in every string of a body", () => {
    const half = "\\ud800";
    const text = JSON.stringify(hello).replace('"type":"hello",', "");
    for (const value of ["app/1.2", "5f1d", "k1", "9ab0", "c1", "a0", '["Note"', "compare"]) {
      expect(text).toContain(value);
      const body = text.replace(value, value.startsWith("[") ? `["${half}"` : half);
      expect(refusalOf("client", jsonFrame(clientKind.hello, body)), value).toBe(malformed);
    }
  });

  it("PROTO-12 updates are views into the frame, not copies", () => {
    const encoded = encodeClientMessage(one({ update: Uint8Array.of(7, 8, 9) }));
    const decoded = decodeClientMessage(encoded, defaultLimits);
    const update = decoded.type === "push" ? decoded.pushes[0]?.changes[0]?.update : undefined;
    expect(update?.buffer).toBe(encoded.buffer);
  });

  it("PROTO-7 an explanation never quotes more than a little of what was sent", () => {
    const name = "x".repeat(10_000);
    const problem = problemOf(() =>
      decodeClientMessage(jsonFrame(clientKind.pull, { pages: 1, [name]: 1 }), defaultLimits),
    );
    expect(problem?.message.length).toBeLessThan(200);
  });
});
