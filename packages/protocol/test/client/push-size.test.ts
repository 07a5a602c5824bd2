import { describe, expect, it } from "vitest";
import { ceilings } from "../../src/ceilings.ts";
import {
  type ChangeItem,
  decodeClientMessage,
  defaultLimits,
  describeOverLimit,
  encodeClientMessage,
  type Limits,
  maxPushItemBytes,
  type PushItem,
} from "../../src/index.ts";
import { problemOf } from "../frames.ts";

const change: ChangeItem = {
  model: "Note",
  key: "n1",
  facet: 0,
  life: 1,
  update: new Uint8Array(3),
  condition: null,
  baseVersion: null,
};
const item = (...changes: Partial<ChangeItem>[]): PushItem => ({
  n: Number.MAX_SAFE_INTEGER,
  changes: changes.map((of) => ({ ...change, ...of })),
});
/** The frame of one item, with everything around it as large as it may be. */
const frameOf = (of: PushItem): Uint8Array =>
  encodeClientMessage({ type: "push", settled: of.n - 1, nonce: "n".repeat(ceilings.nonceBytes), pushes: [of] });

const limits: Limits = { ...defaultLimits, maxChangesPerPush: 3, maxUpdateBytes: 100, maxKeyBytes: 10 };
const large = { life: 2 ** 53 - 1, baseVersion: 2 ** 53 - 1, facet: 1023, condition: { a: "ä".repeat(500) } };

describe("describeOverLimit", () => {
  it.each<[string, PushItem]>([
    ["a plain change", item({})],
    ["as many changes as fit", item({}, {}, {})],
    ["the longest key, model and update", item({ key: "äääää", model: "m".repeat(256), update: new Uint8Array(100) })],
    ["numbers as large as they get", item(large, { ...large, model: "Other" })],
  ])("PROTO-13 has nothing against %s, and the relay takes it", (_, of) => {
    expect(describeOverLimit(of, limits)).toBeNull();
    expect(() => decodeClientMessage(frameOf(of), limits)).not.toThrow();
  });

  it.each<[string, PushItem]>([
    ["too many changes", item({}, {}, {}, {})],
    ["no change at all", item()],
    ["a long key", item({}, { key: "ääääää" })],
    ["an empty key", item({ key: "" })],
    ["a long model name", item({ model: "m".repeat(257) })],
    ["an empty model name", item({ model: "" })],
    ["a large update", item({ update: new Uint8Array(101) })],
    ["a facet beyond the last", item({ facet: 1024 })],
    ["a life before the first", item({ life: 0 })],
    ["a long condition", item({ condition: "c".repeat(17_000) })],
    ["a deep condition", item({ condition: JSON.parse(`${"[".repeat(40)}${"]".repeat(40)}`) })],
    ["a condition that names __proto__", item({ condition: JSON.parse('{"__proto__":1}') })],
  ])("PROTO-13 finds %s, as the relay does", (_, of) => {
    expect(describeOverLimit(of, limits)).toMatch(/\w/);
    expect(problemOf(() => decodeClientMessage(frameOf(of), limits))).not.toBeNull();
  });

  it("PROTO-13 finds names that no frame can carry", () => {
    for (const of of [item({ key: "\uD800" }), item({ model: "\uD800" })]) {
      expect(describeOverLimit(of, limits)).toContain("half a surrogate pair");
      expect(() => frameOf(of)).toThrow(RangeError);
    }
  });

  it("PROTO-13 never underestimates a frame", () => {
    const items = [
      item({}),
      item(large),
      item({ key: "€".repeat(300) }),
      item({ key: "\u{10FFFF}".repeat(2) }, { model: "M" }, large),
      item(...Array.from({ length: 200 }, () => large)),
    ];
    for (const of of items) {
      const bytes = frameOf(of).length;
      expect(maxPushItemBytes(of) + 128).toBeGreaterThanOrEqual(bytes);
      for (const maxFrameBytes of [bytes - 1, maxPushItemBytes(of) + 127]) {
        expect(describeOverLimit(of, { ...defaultLimits, maxFrameBytes })).toContain("over the limit");
      }
      expect(describeOverLimit(of, { ...defaultLimits, maxFrameBytes: maxPushItemBytes(of) + 128 })).toBeNull();
    }
  });
});
