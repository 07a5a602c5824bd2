import { keyOf, keyValues } from "@tributary/model";
import { openRelayStore, type RelayStore } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Cursor } from "../src/cursor.ts";
import { decideStart, rewoundTo } from "../src/session-start.ts";
import { boardSchema } from "./fixtures/board-schema.ts";

const starts = [
  { start: "a", ordinal: 1, firstSeq: 1 },
  { start: "b", ordinal: 2, firstSeq: 11 },
];
const at = (start: string, seq: number): Cursor => ({ epoch: "e", start, seq, scope: "s", base: null });

describe("rewoundTo", () => {
  it("F1 accepts what each start could commit", () => {
    expect(rewoundTo(starts, at("a", 10), 20)).toBeNull();
    expect(rewoundTo(starts, at("b", 20), 20)).toBeNull();
  });

  it("F1 finds a start that the store does not know", () => {
    // What the present start committed came after the rewind.
    expect(rewoundTo(starts, at("c", 5), 20)).toBe(10);
  });

  it("F1 finds more than a start committed here, and names the last common change", () => {
    expect(rewoundTo(starts, at("a", 11), 20)).toBe(10);
    expect(rewoundTo(starts, at("b", 21), 20)).toBe(20);
  });
});

describe("decideStart", () => {
  async function openStore(): Promise<RelayStore> {
    const store = await openRelayStore({
      adapter: createMemoryAdapter(),
      schema: boardSchema,
      keyOf,
      keyValues,
      randomHex: (bytes) => "0f".repeat(bytes),
      now: () => 1,
    });
    onTestFinished(() => store.close());
    return store;
  }

  it("F1 F2 resumes a cursor of this history and scope only", async () => {
    const store = await openStore();
    const cursor: Cursor = { epoch: store.epoch, start: store.start, seq: 0, scope: "s", base: null };
    const decide = (sent: Cursor | null | undefined) => decideStart(store, "s", "h", sent);
    expect(await decide(cursor)).toEqual({ start: "resume", cursor });
    expect(await decide(null)).toEqual({ start: "base", reason: "new" });
    expect(await decide(undefined)).toEqual({ start: "base", reason: "invalid" });
    expect(await decide({ ...cursor, epoch: "other" })).toEqual({ start: "base", reason: "epoch" });
    expect(await decide({ ...cursor, scope: "other" })).toEqual({ start: "base", reason: "scope" });
    expect(await decide({ ...cursor, seq: 1 })).toEqual({ start: "rewound", healSeq: 0 });
    // The proof of a rewind is heard whatever scope it comes in.
    expect(await decide({ ...cursor, seq: 1, scope: "other" })).toMatchObject({ start: "rewound" });
  });

  it("F6 continues a base sync under the schema that gave it its order only", async () => {
    const store = await openStore();
    const base = { model: "Note", key: "k", schemaHash: "h" };
    const cursor: Cursor = { epoch: store.epoch, start: store.start, seq: 0, scope: "s", base };
    expect(await decideStart(store, "s", "h", cursor)).toEqual({ start: "resume", cursor });
    expect(await decideStart(store, "s", "other", cursor)).toEqual({ start: "base", reason: "scope" });
  });
});
