import { expect, test } from "vitest";
import { compareReplicas, type Replica } from "../../src/replicas/compare-replicas.ts";
import type { Values } from "../../src/scenario/edit.ts";

function replica(name: string, records: Readonly<Record<string, Values>>): Replica {
  return { name, records: new Map(Object.entries(records)) };
}

test("DEMO-6 equal replicas have no differences, whatever the order of records and keys", () => {
  const left = replica("a", { x: { id: "x", file: { name: "n", bytes: 1 } }, y: { id: "y", tags: ["1", "2"] } });
  const right = replica("b", { y: { tags: ["1", "2"], id: "y" }, x: { file: { bytes: 1, name: "n" }, id: "x" } });
  expect(compareReplicas([left, right])).toEqual({ replicas: 2, records: 2, differences: [] });
});

test("DEMO-6 a missing record, another value and another order of a list are differences", () => {
  const replicas = [
    replica("a", { x: { id: "x", text: "1" }, y: { id: "y", tags: ["1", "2"] }, z: { id: "z" } }),
    replica("b", { x: { id: "x", text: "1" }, y: { id: "y", tags: ["2", "1"] }, z: { id: "z" } }),
    replica("c", { x: { id: "x", text: "2" }, y: { id: "y", tags: ["1", "2"] } }),
  ];
  expect(compareReplicas(replicas)).toEqual({
    replicas: 3,
    records: 3,
    differences: [
      { record: "x", field: "text", held: { a: '"1"', b: '"1"', c: '"2"' } },
      { record: "y", field: "tags", held: { a: '["1","2"]', b: '["2","1"]', c: '["1","2"]' } },
      { record: "z", field: null, held: { a: "there", b: "there", c: "missing" } },
    ],
  });
});

test("DEMO-6 a record that only the last replica has is a difference, a field that is null and one that is not there are none", () => {
  const replicas = [replica("a", { x: { id: "x", text: null } }), replica("b", { x: { id: "x" }, y: { id: "y" } })];
  expect(compareReplicas(replicas).differences).toEqual([
    { record: "y", field: null, held: { a: "missing", b: "there" } },
  ]);
});
