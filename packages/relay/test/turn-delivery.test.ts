import { documentFromUpdate } from "@tributary/model";
import { decodeRelayMessage, encodeTurn } from "@tributary/protocol";
import type { FeedOperation, RelayRecord } from "@tributary/storage";
import { describe, expect, it } from "vitest";
import type { Committed } from "../src/commit-pipeline.ts";
import type { Scope } from "../src/scope.ts";
import { createTurnDelivery } from "../src/turn-delivery.ts";
import { boardSchema } from "./fixtures/board-schema.ts";
import { createBoardWriter } from "./fixtures/board-writer.ts";

const { update } = createBoardWriter(71).create("Note", { id: "n", title: "t" });

/** A change of a note's stars; the scopes below see notes by their stars. */
function change(seq: number, key: string, before: number | null, after: number, source: unknown = null): Committed {
  const record = (stars: number, version: number): RelayRecord => ({
    model: "Note",
    key,
    values: { id: key, stars },
    life: 1,
    version,
    seq,
    changedAt: 1,
    createdAt: 1,
    isDeleted: false,
    documents: [documentFromUpdate(update)],
  });
  const operation: FeedOperation = before === null ? "create" : "update";
  return {
    before: before === null ? null : record(before, 1),
    after: record(after, 2),
    facet: 0,
    operation,
    principal: "p",
    update: Uint8Array.of(0, 0),
    source,
  };
}

let judged = 0;

function starsFrom(min: number): Scope {
  return {
    identity: { kind: "nobody" },
    models: new Set(["Note"]),
    hash: `from ${min}`,
    canSeeSome: () => true,
    canSee: (_, values) => {
      judged++;
      return Number(values.stars) >= min;
    },
  };
}

function told(messages: readonly Uint8Array[]): string[] {
  const turn = decodeRelayMessage(encodeTurn({ answers: [], changes: messages, cursor: null, more: false }));
  return turn.type === "turn"
    ? turn.changes.map(({ kind, key, update }) => `${kind} ${key} ${update?.length ?? 0}`)
    : [];
}

describe("createTurnDelivery", () => {
  it("F5 judges before and after: entering brings the state, staying the update, leaving nothing of the record", () => {
    const turn = createTurnDelivery(boardSchema, [
      change(1, "enters", 1, 5),
      change(2, "stays", 5, 6),
      change(3, "leaves", 5, 1),
      change(4, "elsewhere", 1, 2),
    ]);
    expect(told(turn.messages(starsFrom(3), null, 0))).toEqual([]);
    const source = {};
    expect(told(turn.messages(starsFrom(3), source, 0))).toEqual([
      `state enters ${update.length}`,
      "update stays 2",
      "gone leaves 0",
    ]);
  });

  it("RELAY-3 leaves out what the session handed in itself, and what it saw before", () => {
    const [mine, theirs] = [{}, {}];
    const turn = createTurnDelivery(boardSchema, [
      change(1, "a", 5, 5, mine),
      change(2, "b", 5, 5, theirs),
      change(3, "c", 5, 5, mine),
    ]);
    expect(told(turn.messages(starsFrom(3), mine, 0))).toEqual(["update b 2"]);
    expect(told(turn.messages(starsFrom(3), theirs, 2))).toEqual(["update c 2"]);
    expect([turn.firstSeq, turn.lastSeq]).toEqual([1, 3]);
  });

  it("F5 shares one frame within a scope, and none between scopes", () => {
    const turn = createTurnDelivery(boardSchema, [change(1, "a", 5, 5), change(2, "b", 1, 1)]);
    const first = turn.frame(starsFrom(3), () => "cursor");
    const before = judged;
    expect(turn.frame(starsFrom(3), () => "another cursor")).toBe(first);
    expect(judged).toBe(before);
    expect(first?.changes).toBe(1);
    expect(turn.frame(starsFrom(0), () => "cursor")?.changes).toBe(2);
    expect(turn.frame(starsFrom(9), () => "cursor")).toBeNull();
  });

  it("V1 has no numbers when the turn committed nothing", () => {
    expect(createTurnDelivery(boardSchema, [])).toMatchObject({ firstSeq: 0, lastSeq: 0 });
  });
});
