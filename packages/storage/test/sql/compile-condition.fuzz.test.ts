import { describe, expect, it } from "vitest";
import type { Cell, Condition, Row, TableLayout } from "../../src/adapter.ts";
import { rowTest } from "../../src/condition.ts";
import { compileCondition } from "../../src/sql/compile-condition.ts";
import { conditionParameters, conditionShape } from "../../src/sql/condition-shape.ts";
import { sqliteDialect } from "../../src/sqlite/sqlite-dialect.ts";
import { sqlite } from "../databases.ts";
import { createRandom, type Random } from "../random.ts";

const layout: TableLayout = {
  name: "T",
  columns: [
    { name: "id", type: "text" },
    { name: "text", type: "text" },
    { name: "number", type: "real" },
    { name: "json", type: "json" },
  ],
  primaryKey: ["id"],
  indexes: [{ name: "T.byText", columns: ["text", "number"] }],
};

const texts = [
  "",
  "a",
  "ab",
  "b",
  "\ud7ff",
  "\ue000",
  "\ue000x",
  "\u{10ffff}",
  "\u{10ffff}\u{10ffff}",
  "a\u{10ffff}",
  "\u0000",
  "ä",
];
const numbers = [0, 1, -1, 0.5, 1e300, -1e-300, 7];
const elements = [null, true, 1, 0.5, "a", "1", "true", [1], { a: 1 }] as const;

const cellOf = (random: Random, column: string): Cell => {
  if (random.int(4) === 0) return null;
  if (column === "number") return random.pick(numbers);
  if (column === "text") return random.pick(texts);
  const roll = random.int(3);
  if (roll === 0) return JSON.stringify(random.pick(texts));
  return JSON.stringify(
    roll === 1 ? random.pick(elements) : Array.from({ length: random.int(3) }, () => random.pick(elements)),
  );
};

function condition(random: Random, depth: number): Condition {
  const roll = random.int(depth > 3 ? 5 : 8);
  const column = random.pick(["text", "number"]);
  const asText = random.int(2) === 0 ? ({ column: "json", asText: true } as const) : { column: "text" };
  switch (roll) {
    case 0: {
      const op = random.pick(["eq", "ne", "lt", "le", "gt", "ge"] as const);
      if (random.int(3) === 0)
        return { kind: "compare", op, value: random.pick([null, ...texts]), column: "json", asText: true };
      return { kind: "compare", op, value: cellOf(random, column), column };
    }
    case 1:
      return {
        kind: "in",
        column,
        values: Array.from({ length: random.pick([0, 1, 3, 5, 66]) }, () => cellOf(random, column)),
      };
    case 2:
      return { kind: "hasPrefix", value: random.pick(texts), ...asText };
    case 3:
      return { kind: "hasSubstring", value: random.pick(texts), ...asText };
    case 4:
      return { kind: "hasElement", column: "json", element: random.pick(elements) };
    case 5:
      return { kind: "not", of: condition(random, depth + 1) };
    default:
      return {
        kind: roll === 6 ? "and" : "or",
        of: Array.from({ length: random.int(5) }, () => condition(random, depth + 1)),
      };
  }
}

describe("compileCondition", () => {
  for (const seed of [1, 2, 3]) {
    it(`STORE-8 SQL selects what the condition means, and one shape is one text, seed ${seed}`, async () => {
      const random = createRandom(seed);
      const rows = Array.from(
        { length: 150 },
        (_, i): Row => [`${i}`, ...["text", "number", "json"].map((name) => cellOf(random, name))],
      );
      const adapter = sqlite.place()();
      await adapter.open();
      await adapter.create([layout]);
      await adapter.commit({ writes: rows.map((row) => ({ kind: "insert", table: "T", row })) });
      const sqlByShape = new Map<string, string>();
      let selective = 0;
      for (let i = 0; i < 3000; i++) {
        const where = condition(random, 0);
        const sql = compileCondition(sqliteDialect, "T", where);
        const shape = conditionShape(where);
        expect(sqlByShape.get(shape) ?? sql, shape).toBe(sql);
        sqlByShape.set(shape, sql);
        expect(sql.match(/\?/g)?.length ?? 0, sql).toBe(conditionParameters(where).length);
        const wanted = rows.filter(rowTest(layout, where)).map(([id]) => id);
        const found = await adapter.scan({ table: "T", columns: ["id"], where });
        expect(
          found.map(([id]) => id),
          JSON.stringify(where),
        ).toEqual(wanted);
        if (wanted.length > 0 && wanted.length < rows.length) selective++;
      }
      await adapter.close();
      expect(selective).toBeGreaterThan(1000);
      expect(sqlByShape.size).toBeGreaterThan(500);
    });
  }
});
