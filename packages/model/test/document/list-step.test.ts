import { describe, expect, test } from "vitest";
import { createDocument, mergeDocument, type Verdict } from "../../src/index.ts";
import { ALICE, at, BOB, create, message } from "../chat-model.ts";
import { byBob, entries, entry, judge, yjsEdit } from "../guard/judging.ts";
import { ANY } from "../raw-update.ts";

function stepOf(verdict: Verdict): unknown {
  if (verdict.outcome !== "accepted") throw new Error(`the update was ${verdict.outcome}`);
  return verdict.lists;
}

describe("what an accepted update did to lists", () => {
  test("LIST-6 names the elements that came, and those that went with what they were", () => {
    const edit = yjsEdit((doc) => {
      doc.getArray("tags").insert(1, ["new", "newer"]);
      doc.getArray("tags").delete(3, 2);
      doc.getArray("marks").insert(0, [7]);
    });
    expect(stepOf(judge(edit))).toEqual({
      tags: { added: [[BOB, 0, 2]], removed: [[ALICE, 2, ["y", "z"]]] },
      marks: { added: [[BOB, 2, 1]], removed: [] },
    });
  });

  test("LIST-6 is nothing where an update leaves lists alone, or says what is known", () => {
    expect(stepOf(judge(entries(entry(at(1, BOB), { title: "c" }))))).toEqual({});
    expect(stepOf(judge(new Uint8Array([0, 0])))).toEqual({});
  });

  test("LIST-6 an element that went before is not among those that go", () => {
    const without = judge(yjsEdit((doc) => doc.getArray("tags").delete(0, 1)));
    if (without.outcome !== "accepted") throw new Error("not accepted");
    const again = judge(byBob([{ kind: ANY, values: ["b"], origin: [ALICE, 1] }], [[ALICE, 1, 2]]), {
      before: without.state,
    });
    expect(stepOf(again)).toEqual({ tags: { added: [[BOB, 0, 1]], removed: [[ALICE, 2, ["y"]]] } });
  });

  test("LIST-6 is not told of what begins a life, nor where a register's list becomes one of elements", () => {
    const first = createDocument(message, 0, create(at(0, BOB), { title: "a" }, { tags: ["x"] }), BOB);
    expect(stepOf(judge(first.update, { before: null }))).toBeNull();
    const bare = createDocument(message, 0, create(at(0), { title: "a" }), ALICE).state;
    const held = mergeDocument(message, 0, bare, entries(entry(at(1, BOB), { tags: ["old"] }))).state;
    const seeding = byBob([
      { kind: ANY, values: [entry(at(1, BOB), { tags: ["old"] })] },
      { kind: ANY, values: ["old", "new"], root: "tags" },
    ]);
    expect(stepOf(judge(seeding, { before: held }))).toBeNull();
  });
});
