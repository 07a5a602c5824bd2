import { defaultGuardCaps, documentFromUpdate, type Identity } from "@tributary/model";
import type { ChangeItem } from "@tributary/protocol";
import type { ForgottenRecord, RelayRecord } from "@tributary/storage";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { type ChangeVerdict, type JudgeContext, judgeChange } from "../src/judge-change.ts";
import { keyHolder } from "./fixtures/bench-pipeline.ts";
import { boardSchema } from "./fixtures/board-schema.ts";
import { createBoardWriter } from "./fixtures/board-writer.ts";
import { START_MS } from "./fixtures/test-relay.ts";

const context: JudgeContext = {
  schema: boardSchema,
  sandbox: false,
  caps: defaultGuardCaps,
  maxDocumentBytes: 100_000,
  driftMs: 60_000,
  at: START_MS,
};
const operator: Identity = { kind: "operator" };

function judge(
  change: ChangeItem,
  current: RelayRecord | null | undefined,
  identity: Identity = keyHolder,
  forgotten: ForgottenRecord | null = null,
): ChangeVerdict {
  return judgeChange(context, { identity, isOwnClientId: () => true }, change, current, forgotten);
}

function accepted(change: ChangeItem, current: RelayRecord | null | undefined, identity?: Identity): RelayRecord {
  const verdict = judge(change, current, identity);
  if (verdict.outcome !== "accepted") throw new Error(`judged ${JSON.stringify(verdict)}`);
  return verdict.after;
}

describe("judgeChange", () => {
  it("V1 raises the version by one with each change, and keeps creation and life", () => {
    const writer = createBoardWriter(71);
    const created = accepted(writer.create("Note", { id: "n", title: "t" }), null);
    expect(created).toMatchObject({ version: 1, life: 1, createdAt: START_MS, changedAt: START_MS, isDeleted: false });
    const edited = accepted(writer.edit("Note", "n", { body: "b" }), { ...created, createdAt: 7 });
    expect(edited).toMatchObject({ version: 2, life: 1, createdAt: 7 });
    expect(edited.values).toMatchObject({ title: "t", body: "b" });
  });

  it("V1 G4 takes an update that is known already for no change, also from who may only read", () => {
    const writer = createBoardWriter(71);
    const create = writer.create("Notice", { id: "n", text: "t" });
    const record = accepted(create, null, operator);
    expect(judge(create, record)).toEqual({ outcome: "unchanged", record });
    expect(judge(writer.edit("Notice", "n", { text: "u" }), record)).toMatchObject({ code: "unauthorized" });
  });

  it("D2 begins with life 1, goes on in the life that is stored, and begins the next only after a deletion", () => {
    const writer = createBoardWriter(71);
    const create = writer.create("Note", { id: "n", title: "first" });
    expect(judge({ ...create, life: 2 }, null)).toMatchObject({ outcome: "refused", code: "life" });
    const first = accepted(create, null);
    expect(judge({ ...create, life: 2 }, first)).toMatchObject({ outcome: "refused", code: "life" });
    const late = { ...writer.edit("Note", "n", { body: "late" }) };
    const gone = accepted(writer.remove("Note", "n"), accepted(late, first));
    expect(gone).toMatchObject({ isDeleted: true, life: 1, documents: [null] });
    expect(gone.values).toMatchObject({ title: "first", body: "late" });
    expect(judge(late, gone)).toMatchObject({ outcome: "refused", code: "deleted" });
    const again = accepted(writer.create("Note", { id: "n", title: "second" }), gone);
    expect(again).toMatchObject({ life: 2, version: 4, isDeleted: false });
    expect(again.values).toMatchObject({ title: "second", body: null });
    expect(judge(late, again)).toMatchObject({ outcome: "refused", code: "deleted" });
  });

  it("D2 begins no life anew that was lived, when all that is remembered of it is its number", () => {
    const writer = createBoardWriter(71);
    const create = writer.create("Note", { id: "n", title: "t" });
    const forgotten = { life: 2, version: 7 };
    for (const life of [1, 2]) {
      expect(judge({ ...create, life }, null, keyHolder, forgotten)).toMatchObject({ code: "deleted" });
    }
    expect(judge({ ...create, life: 4 }, null, keyHolder, forgotten)).toMatchObject({ code: "life" });
    expect(judge({ ...create, life: 3 }, null, keyHolder, forgotten)).toMatchObject({
      outcome: "accepted",
      operation: "create",
      after: { life: 3, version: 8, createdAt: START_MS },
    });
    const on = (baseVersion: number) => judge({ ...create, life: 3, baseVersion }, null, keyHolder, forgotten);
    expect([on(7), on(0)]).toMatchObject([{ outcome: "accepted" }, { code: "stale" }]);
  });

  it("P5 tells nothing of what is forgotten to who may not read the model", () => {
    const forgotten = { life: 2, version: 7 };
    const create = createBoardWriter(71).create("Ballot", { id: "n", choice: "c" });
    for (const life of [1, 2, 4]) {
      expect(judge({ ...create, life }, null, keyHolder, forgotten)).toMatchObject({ code: "gone" });
      expect(judge({ ...create, life }, null, operator, forgotten)).not.toMatchObject({ code: "gone" });
    }
  });

  it("D2 takes the deletion of what is deleted for no change, and refuses to delete what is not there", () => {
    const writer = createBoardWriter(71);
    const record = accepted(writer.create("Note", { id: "n", title: "t" }), null);
    const other = createBoardWriter(72);
    other.adopt({ ...writer.create("Note", { id: "m", title: "t" }), key: "n" });
    const [mine, theirs] = [writer.remove("Note", "n"), other.remove("Note", "n")];
    const gone = accepted(mine, record);
    expect(judge(theirs, gone)).toEqual({ outcome: "unchanged", record: gone });
    expect(judge(mine, null)).toMatchObject({ outcome: "gap" });
    expect(judge(ofEntries("Note", "n", [{ title: "t", id: "n" }, { _deleted: true }]), null)).toMatchObject({
      outcome: "refused",
      code: "deleted",
    });
  });

  it("G3 validates and authorizes what a deletion writes beside", () => {
    const writer = createBoardWriter(71);
    const record = accepted(writer.create("Note", { id: "n", title: "t" }), null);
    const wrong = ofEntries("Note", "n", [{ stars: "many" }, { _deleted: true }]);
    expect(judge(wrong, record)).toMatchObject({ outcome: "refused", code: "invalid", fields: ["stars"] });
    const right = ofEntries("Note", "n", [{ stars: 3 }, { _deleted: true }]);
    expect(accepted(right, record)).toMatchObject({ isDeleted: true, values: { stars: 3, title: "t" } });
  });

  it("G3 deletes a record that a newer schema holds for invalid", () => {
    const writer = createBoardWriter(71);
    const record = accepted(writer.create("Note", { id: "n", title: "t" }), null);
    expect(judge(ofEntries("Note", "n", [{ title: null }]), record)).toMatchObject({ code: "invalid" });
    const stored: RelayRecord = {
      ...record,
      documents: [documentFromUpdate(Y.encodeStateAsUpdate(docOf([{ id: "n", stars: 1 }], 73)))],
    };
    expect(accepted(ofEntries("Note", "n", [{ _deleted: true }], 74), stored).isDeleted).toBe(true);
  });

  it("G3 refuses a row that says another key than it is stored under, and a key that is none", () => {
    const writer = createBoardWriter(71);
    const create = writer.create("Note", { id: "n", title: "t" });
    expect(judge({ ...create, key: "m" }, null)).toMatchObject({ code: "invalid", fields: ["id"] });
    const seat = writer.create("Seat", { row: 1, number: 2 });
    expect(accepted(seat, null).key).toBe("[1,2]");
    for (const key of ["1", "[1]", "[1,2,3]", "[1, 2]", '["1",2]', "[1,null]", "{}"]) {
      expect(judge({ ...seat, key }, undefined)).toMatchObject({ outcome: "refused", code: "malformed" });
    }
  });

  it("G3 refuses models and facets that the schema does not have", () => {
    const create = createBoardWriter(71).create("Note", { id: "n", title: "t" });
    expect(judge({ ...create, model: "Nothing" }, null)).toMatchObject({ code: "unknownModel" });
    expect(judge({ ...create, facet: 1 }, null)).toMatchObject({ code: "malformed" });
  });

  it("V3 holds a base version and a condition against the stored record", () => {
    const writer = createBoardWriter(71);
    const record = accepted(writer.create("Note", { id: "n", title: "t", stars: 2 }), null);
    const edit = writer.edit("Note", "n", { body: "b" });
    expect(judge({ ...edit, baseVersion: 2 }, record)).toMatchObject({ code: "stale" });
    expect(judge({ ...edit, baseVersion: 1 }, record).outcome).toBe("accepted");
    expect(judge({ ...edit, condition: { nonsense: true } }, record)).toMatchObject({ code: "malformed" });
    const met = [1, 2].map((stars) => judge({ ...edit, condition: field("stars", "gt", stars) }, record));
    expect(met).toMatchObject([{ outcome: "accepted" }, { outcome: "refused", code: "condition" }]);
  });

  it("P5 says nothing of a record to a writer who may not read it", () => {
    const writer = createBoardWriter(71);
    const record = accepted(writer.create("Ballot", { id: "b", choice: "x" }), null, operator);
    const gone = { outcome: "refused", code: "gone" };
    const edit = writer.edit("Ballot", "b", { choice: "y" });
    expect(judge({ ...edit, condition: field("choice", "eq", "x") }, record)).toMatchObject(gone);
    expect(judge({ ...edit, condition: field("choice", "eq", "z") }, record)).toMatchObject(gone);
    expect(judge({ ...edit, baseVersion: 1 }, record)).toMatchObject(gone);
    expect(judge({ ...edit, baseVersion: 9 }, record)).toMatchObject(gone);
    expect(judge({ ...edit, life: 2 }, record)).toMatchObject(gone);
    const next = writer.edit("Ballot", "b", { choice: "z" });
    expect(judge(next, record)).toMatchObject(gone);
    expect(judge(edit, record).outcome).toBe("accepted");
    expect(judge(ofEntries("Ballot", "b", [{ nothing: 1 }]), record)).toMatchObject({ code: "unknownField" });
  });

  it("I11 lets a document grow no further than its bound, and one beyond it only shrink or go", () => {
    const writer = createBoardWriter(71);
    const record = accepted(writer.create("Note", { id: "n", title: "t", body: "x".repeat(99_000) }), null);
    const small = { ...context, maxDocumentBytes: 50_000 };
    const judgeSmall = (change: ChangeItem): ChangeVerdict =>
      judgeChange(small, { identity: keyHolder, isOwnClientId: () => true }, change, record, null);
    const back = writer.remember();
    expect(judgeSmall(writer.edit("Note", "n", { tags: ["more"] }))).toMatchObject({ code: "tooLarge" });
    back();
    expect(judgeSmall(writer.edit("Note", "n", { body: "short" })).outcome).toBe("accepted");
    back();
    expect(judgeSmall(writer.remove("Note", "n")).outcome).toBe("accepted");
  });
});

function field(name: string, op: string, value: unknown): unknown {
  return { kind: "field", field: name, op, value };
}

/** An update with these entries, by another client than the writer's, later than all it wrote. */
function ofEntries(model: string, key: string, entries: readonly object[], clientId = 73): ChangeItem {
  const doc = docOf(entries, clientId);
  return { model, key, facet: 0, life: 1, update: Y.encodeStateAsUpdate(doc), condition: null, baseVersion: null };
}

function docOf(entries: readonly object[], clientId: number): Y.Doc {
  const doc = new Y.Doc({ guid: "test" });
  doc.clientID = clientId;
  const stamp = (i: number): string =>
    `${(START_MS + 100).toString(36).padStart(9, "0")}000${i}${clientId.toString(36).padStart(11, "0")}`;
  for (const [i, f] of entries.entries()) doc.getArray("$writes").push([{ t: stamp(i), f }]);
  return doc;
}
