import { describe, expect, test } from "vitest";
import {
  applyIntent,
  createDocument,
  type DocumentState,
  foldDocument,
  type JsonValue,
  type ListEdit,
  type ListStep,
  mergeDocument,
  pastListEdit,
} from "../../src/index.ts";
import { ALICE, at, BOB, create, message, update } from "../chat-model.ts";
import { entries, entry, judge } from "../guard/judging.ts";

/** A document that BOB edits, step by step. */
interface Course {
  readonly state: DocumentState;
  readonly steps: readonly ListStep[];
}

const tagsOf = (state: DocumentState): readonly JsonValue[] => {
  const value = foldDocument(message, 0, state).values.tags;
  return Array.isArray(value) ? value : [];
};

function begin(...tags: string[]): DocumentState {
  return createDocument(message, 0, create(at(0), { title: "a", body: "b" }, { tags }), ALICE).state;
}

function after(start: DocumentState, ...lists: (readonly string[])[]): Course {
  const steps: ListStep[] = [];
  let state = start;
  for (const [i, value] of lists.entries()) {
    const edit = update(at(i + 1, BOB), {}, { tags: { base: tagsOf(state), value } });
    const verdict = judge(applyIntent(message, 0, state, edit, BOB, state)?.update ?? new Uint8Array(), {
      before: state,
    });
    if (verdict.outcome !== "accepted" || verdict.lists === null) throw new Error("no step");
    steps.push(verdict.lists);
    state = verdict.state;
  }
  return { state, steps };
}

/** What ALICE, who saw the list before the steps, means by `value`. */
function editOf({ state, steps }: Course, value: readonly JsonValue[], isOwn: boolean): ListEdit {
  const since = steps.map((lists) => ({ lists, isOwn }));
  return pastListEdit({ state, field: "tags", shown: tagsOf(state), value }, since);
}

/** The list when she has written it. */
function written(course: Course, value: readonly JsonValue[], isOwn = false): readonly JsonValue[] {
  const { state } = course;
  const edit = editOf(course, value, isOwn);
  const made = applyIntent(message, 0, state, update(at(30), {}, { tags: edit }), ALICE, state);
  if (made === null) return tagsOf(state);
  const verdict = judge(made.update, { before: state, isOwnClientId: (id) => id === ALICE });
  if (verdict.outcome !== "accepted") throw new Error(`the edit was ${verdict.outcome}`);
  expect(verdict.after).toEqual(made.fold);
  return tagsOf(made.state);
}

describe("the edit of a list as it was", () => {
  test("LIST-7 what others put in stays, what they took out stays out", () => {
    const course = after(begin("a", "b", "c"), ["a", "new", "b", "c"], ["a", "new", "b"]);
    expect(written(course, ["a", "b", "c"])).toEqual(["a", "new", "b"]);
    expect(written(course, ["a", "b", "x", "c"])).toEqual(["a", "new", "b", "x"]);
    expect(written(course, ["b", "c"])).toEqual(["new", "b"]);
    expect(written(course, [])).toEqual(["new"]);
  });

  test("LIST-7 tells elements of one value apart", () => {
    // The first of two goes, another comes last.
    const course = after(begin("a", "b", "a"), ["b", "a"], ["b", "a", "a"]);
    expect(written(course, ["a", "b"])).toEqual(["b", "a"]);
    expect(written(course, ["b", "a"])).toEqual(["b", "a", "a"]);
  });

  test("LIST-7 an element that came and went since is none of the writer's business", () => {
    const course = after(begin("a"), ["a", "x"], ["a"], ["a", "x"], ["a"]);
    expect(written(course, ["a", "b"])).toEqual(["a", "b"]);
    expect(written(course, ["x", "a"])).toEqual(["x", "a"]);
  });

  test("LIST-7 what is put in stands where it was put, also where its neighbours went, and last behind the last", () => {
    const course = after(
      begin("a", "b", "c", "d"),
      ["a", "1", "b", "c", "d"],
      ["a", "1", "d"],
      ["a", "1", "2", "d"],
      ["a", "1", "2", "d", "3"],
    );
    expect(written(course, ["a", "b", "x", "c", "d"])).toEqual(["a", "1", "2", "x", "d", "3"]);
    expect(written(course, ["x", "a", "b", "c", "d", "y"])).toEqual(["x", "a", "1", "2", "d", "3", "y"]);
    expect(written(course, ["a", "b", "c", "y"])).toEqual(["a", "1", "2", "y", "3"]);
    expect(written(after(begin(), ["1"], ["1", "2"]), ["x", "y"])).toEqual(["1", "2", "x", "y"]);
  });

  test("LIST-8 a writer's own element of an equal value counts as the one he means, and is not taken for removed", () => {
    const course = after(begin("a", "c"), ["a", "own", "c"]);
    expect(written(course, ["a", "own", "more", "c"], true)).toEqual(["a", "own", "more", "c"]);
    expect(editOf(course, ["a", "own", "more", "c"], true)).toMatchObject({
      base: ["a", "own", "c"],
      match: { kept: [0, 1, 3] },
    });
    expect(written(course, ["a", "own", "own", "c"], true)).toEqual(["a", "own", "own", "c"]);
    expect(written(course, ["a", "c"], true)).toEqual(["a", "own", "c"]);
    expect(written(course, ["a", "own", "c"], false)).toEqual(["a", "own", "own", "c"]);
  });

  test("LIST-8 an own element that stands elsewhere is there already, and moves nothing", () => {
    const course = after(begin("a", "b"), ["own", "a", "b"]);
    expect(editOf(course, ["a", "own", "b"], true)).toMatchObject({ base: ["a", "b"], value: ["a", "b"] });
    expect(written(course, ["a", "own", "x", "b"], true)).toEqual(["own", "a", "x", "b"]);
    expect(written(after(begin("a"), ["a", "p", "q"]), ["a", "q", "p", "x"], true)).toEqual(["a", "p", "q", "x"]);
    const gone = after(begin("a", "b"), ["own", "a", "b"], ["own", "b"]);
    expect(written(gone, ["a", "own", "x", "b"], true)).toEqual(["own", "x", "b"]);
  });

  test("LIST-8 an own element does not stand in for one that was seen", () => {
    const course = after(begin("a", "b"), ["a", "b", "a"]);
    expect(written(course, ["x", "a"], true)).toEqual(["x", "a", "a"]);
    expect(written(course, ["a", "b"], true)).toEqual(["a", "b", "a"]);
    expect(editOf(course, ["a", "b"], true)).toMatchObject({ base: ["a", "b"], value: ["a", "b"] });
  });

  test("LIST-8 an own element that others took out does not count: its equal is put in", () => {
    expect(written(after(begin("a"), ["a", "p"], ["a"]), ["a", "p"], true)).toEqual(["a", "p"]);
  });

  test("LIST-5 a list that only a register holds is edited by value", () => {
    const bare = createDocument(message, 0, create(at(0), { title: "a" }), ALICE).state;
    const held = mergeDocument(message, 0, bare, entries(entry(at(1, BOB), { tags: ["old", "older"] }))).state;
    expect(written({ state: held, steps: [{}] }, ["old", "new"])).toEqual(["old", "new"]);
  });
});
