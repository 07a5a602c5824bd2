import { describe, expect, it } from "vitest";
import { ceilings } from "../../src/ceilings.ts";
import { type Answer, CloseCode, decodeRelayMessage, encodeRelayMessage, type Welcome } from "../../src/index.ts";
import { relayKind } from "../../src/message-kind.ts";
import { refusalCodes } from "../../src/relay/answer.ts";
import { welcome } from "../exemplars.ts";
import { frame, jsonFrame, refusalOf } from "../frames.ts";

const { malformed, tooLarge } = CloseCode;
const turnOf = (answers: readonly Answer[]): Uint8Array =>
  encodeRelayMessage({ type: "turn", answers, changes: [], cursor: null, more: false });
const refusal: Answer = {
  kind: "refused",
  n: 1,
  index: 0,
  code: "invalid",
  message: "",
  fields: [],
  replay: false,
  retryAfterMs: 0,
  timeMs: 0,
};

describe("frames of a relay", () => {
  it("PROTO-3 an empty frame is no message", () => {
    expect(refusalOf("relay", new Uint8Array())).toBe(malformed);
  });

  it("PROTO-6 a frame over the ceiling is refused before it is read", () => {
    const large = new Uint8Array(ceilings.relayFrameBytes + 1);
    large[0] = relayKind.turn;
    expect(refusalOf("relay", large)).toBe(tooLarge);
  });

  it("PROTO-14 a welcome is at one with itself", () => {
    const refused = (of: Partial<Welcome>): CloseCode | null =>
      refusalOf("relay", encodeRelayMessage({ ...welcome, ...of }));
    expect(refused({})).toBeNull();
    expect(refused({ start: "resume", reason: null, isAhead: false })).toBeNull();
    expect(refused({ start: "resume", isAhead: false })).toBe(malformed);
    expect(refused({ start: "resume", reason: null })).toBe(malformed);
    expect(refused({ counts: [] })).toBeNull();
    expect(refused({ counts: [1] })).toBe(malformed);
    expect(refused({ counts: [-2, 1] })).toBe(malformed);
    expect(refused({ models: Array.from({ length: 4097 }, () => "M"), counts: [] })).toBe(tooLarge);
  });

  it("PROTO-14 a welcome holds as many models as a schema may have", () => {
    const models = Array.from({ length: ceilings.models }, (_, i) => `Model${i}`);
    const facets = Object.fromEntries(models.map((model) => [model, ["", "a", "b"]]));
    const message = { ...welcome, models, counts: models.map(() => 1), facets };
    expect(decodeRelayMessage(encodeRelayMessage(message))).toStrictEqual(message);
  });

  it("PROTO-15 an explanation never makes a frame undecodable, whatever it quotes", () => {
    const quotes = ["x".repeat(5000), "\uD800".repeat(2000), `${"y".repeat(1022)}😀😀`, "𐐷".repeat(1024)];
    for (const quote of quotes) {
      const answer = { ...refusal, message: quote, fields: Array.from({ length: 2000 }, () => quote) };
      const turn = decodeRelayMessage(turnOf([answer]));
      const [decoded] = turn.type === "turn" ? turn.answers : [];
      if (decoded?.kind !== "refused") throw new Error("not a refusal");
      expect(decoded.message.length).toBeLessThanOrEqual(1024);
      expect(decoded.fields.length).toBe(1024);
      expect(decoded.fields[0]?.length).toBeLessThanOrEqual(256);
      const bye = decodeRelayMessage(
        encodeRelayMessage({ type: "bye", code: 4400, message: quote, retryAfterMs: null }),
      );
      expect(bye.type === "bye" && bye.message.length <= 1024).toBe(true);
    }
  });

  it("PROTO-16 a bye with fields of a later version is understood", () => {
    const body = { code: 4406, message: "m", retryAfterMs: null, versions: [2, 3] };
    expect(decodeRelayMessage(jsonFrame(relayKind.bye, body))).toStrictEqual({
      type: "bye",
      code: 4406,
      message: "m",
      retryAfterMs: null,
    });
  });

  it("PROTO-3 an answer is of a known kind, a refusal of a known code", () => {
    const turn = (...answer: (number | string)[]): Uint8Array => frame(relayKind.turn, 0, 1, ...answer, 0);
    expect(refusalOf("relay", turn(2, 1, 0, 0))).toBeNull();
    expect(refusalOf("relay", turn(3, 1, 0, 0))).toBe(malformed);
    const refused = (code: number): Uint8Array => turn(1, 1, 0, code, "", 0, 0, 0, 0);
    for (const code of refusalCodes.keys()) expect(refusalOf("relay", refused(code))).toBeNull();
    expect(refusalOf("relay", refused(refusalCodes.length))).toBe(malformed);
  });

  it("PROTO-14 a page's record has a key or a row, and documents unless it is deleted", () => {
    const page = (flags: number, ...rest: (number | string)[]): Uint8Array =>
      frame(relayKind.page, 0, 1, "c", 1, flags, ...rest);
    expect(refusalOf("relay", page(1, "k", 1, 1, 1, 1, 1, 0))).toBeNull();
    expect(refusalOf("relay", page(5, "k", 1, 1, 1, 1, 0))).toBeNull();
    expect(refusalOf("relay", page(1, "k", 1, 1, 1, 1, 0))).toBe(malformed);
    expect(refusalOf("relay", page(5, "k", 1, 1, 1, 1, 1, 0))).toBe(malformed);
    expect(refusalOf("relay", page(0, 1, 1, 1, 1, 1, 1, 9))).toBe(malformed);
    const record = { life: 1, version: 1, at: 1, createdAt: 1, isDeleted: false, documents: [new Uint8Array()] };
    const encode = (of: object) =>
      encodeRelayMessage({
        type: "page",
        model: 0,
        isLast: true,
        cursor: "c",
        records: [{ ...record, key: "k", row: null, ...of }],
      });
    expect(() => encode({})).not.toThrow();
    expect(() => encode({ key: null })).toThrow(RangeError);
    expect(() => encode({ isDeleted: true })).toThrow(RangeError);
    expect(() => encode({ documents: [] })).toThrow(RangeError);
  });
});
