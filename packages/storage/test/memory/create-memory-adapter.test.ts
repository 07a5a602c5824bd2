import { describe, expect, it } from "vitest";
import type { Condition, TableLayout } from "../../src/adapter.ts";
import { createMemoryAdapter } from "../../src/memory/index.ts";

const things: TableLayout = {
  name: "Thing",
  columns: [
    { name: "id", type: "text" },
    { name: "tags", type: "json" },
  ],
  primaryKey: ["id"],
  indexes: [],
};

describe("createMemoryAdapter", () => {
  it("STORE-27 a scan that names its keys looks at no other rows", async () => {
    const adapter = createMemoryAdapter();
    await adapter.open();
    await adapter.create([things]);
    // Whoever looks at a row that is no JSON stumbles.
    const tags: Readonly<Record<string, string>> = { c: '["x"]', b: "[", a: '["x"]', d: "[" };
    const rows = Object.entries(tags);
    await adapter.commit({ writes: rows.map((row) => ({ kind: "insert", table: "Thing", row })) });
    const tagged: Condition = { kind: "hasElement", column: "tags", element: "x" };
    await expect(adapter.scan({ table: "Thing", where: tagged })).rejects.toThrow(SyntaxError);
    const named = (values: string[]): Condition => ({
      kind: "and",
      of: [tagged, { kind: "in", column: "id", values }],
    });
    const columns = ["id"];
    expect(await adapter.scan({ table: "Thing", where: named(["a", "c", "x"]), columns })).toEqual([["c"], ["a"]]);
    expect(await adapter.count("Thing", named(["c"]))).toBe(1);
  });
});
