import { describe, expect, test } from "vitest";
import { planListChange } from "../../src/document/list-change.ts";
import { additionsEdit, type JsonValue } from "../../src/index.ts";

function added(shown: readonly JsonValue[], written: readonly JsonValue[]): readonly JsonValue[] {
  const change = planListChange(shown, additionsEdit(shown, written));
  if (change === null) return shown;
  expect(change.deletes).toEqual([]);
  return change.result;
}

describe("a list by a writer who may have seen anything", () => {
  test("LIST-9 takes nothing out, and puts in what the list lacks", () => {
    expect(added(["a", "b", "c"], ["a", "c"])).toEqual(["a", "b", "c"]);
    expect(added(["a", "b", "c"], [])).toEqual(["a", "b", "c"]);
    expect(added([], ["a", "a"])).toEqual(["a", "a"]);
    expect(added(["a", "b"], ["a", "x", "b", "y"])).toEqual(["a", "x", "b", "y"]);
  });

  test("LIST-9 counts elements by value, each as often as it occurs, whatever their order", () => {
    expect(added(["a", "b"], ["b", "a"])).toEqual(["a", "b"]);
    expect(added(["a", "b", "a"], ["a", "a", "a"])).toEqual(["a", "a", "b", "a"]);
    expect(added(["a", "a"], ["a"])).toEqual(["a", "a"]);
    expect(added([1, null, -0], [null, 0, "1"])).toEqual([1, null, 0, "1"]);
  });

  test("LIST-9 puts elements behind those they were written behind, and last behind the last in common", () => {
    expect(added(["a", "b", "z"], ["x", "a", "y", "b", "w"])).toEqual(["x", "a", "y", "b", "z", "w"]);
    expect(added(["a", "b"], ["x", "y"])).toEqual(["a", "b", "x", "y"]);
  });

  test("LIST-9 holds also where the two differ in more places than are compared", () => {
    const shown = Array.from({ length: 900 }, (_, i) => `s${i}`);
    const written = [...Array.from({ length: 900 }, (_, i) => `w${i}`), ...shown, "end"];
    const result = added(shown, ["s0", ...written.slice(0, 900), ...shown.slice(1).reverse(), "end"]);
    expect([...result].sort()).toEqual([...written].sort());
    expect(result.filter((element) => String(element).startsWith("s"))).toEqual(shown);
  });
});
