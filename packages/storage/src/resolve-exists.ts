/**
 * Looks into other tables, for adapters that cannot: each is answered first, innermost first, and becomes a condition on the
 * values it found.
 */
import type { Cell, Condition, ExistsCondition, Row, StorageAdapter } from "./adapter.ts";

/** The condition without any `exists`, as the tables are now. Itself when it holds none. */
export async function resolveExists(adapter: StorageAdapter, condition: Condition): Promise<Condition> {
  switch (condition.kind) {
    case "and":
    case "or": {
      const of: Condition[] = [];
      for (const part of condition.of) of.push(await resolveExists(adapter, part));
      return of.every((part, i) => part === condition.of[i]) ? condition : { kind: condition.kind, of };
    }
    case "not": {
      const of = await resolveExists(adapter, condition.of);
      return of === condition.of ? condition : { kind: "not", of };
    }
    case "exists":
      return resolved(adapter, condition);
    default:
      return condition;
  }
}

async function resolved(adapter: StorageAdapter, { table, on, where }: ExistsCondition): Promise<Condition> {
  const columns = on.map((pair) => pair.other);
  const rows = await adapter.scan({ table, columns, where: await resolveExists(adapter, where) });
  const found = rows.filter((row) => !row.includes(null));
  const [pair] = on;
  if (on.length === 1 && pair !== undefined) {
    return { kind: "in", column: pair.own, values: [...new Set(found.map((row) => row[0] ?? null))] };
  }
  return anyOf(
    on.map(({ own }) => own),
    found,
    0,
  );
}

/** Rows that start alike share their first comparisons: a long list costs what its distinct beginnings cost. */
function anyOf(columns: readonly string[], rows: readonly Row[], at: number): Condition {
  const column = columns[at] ?? "";
  const byCell = new Map<Cell, Row[]>();
  for (const row of rows) {
    const cell = row[at] ?? null;
    const alike = byCell.get(cell);
    if (alike === undefined) byCell.set(cell, [row]);
    else alike.push(row);
  }
  if (at === columns.length - 1) return { kind: "in", column, values: [...byCell.keys()] };
  const of = [...byCell].map(([value, alike]): Condition => {
    const rest = anyOf(columns, alike, at + 1);
    return { kind: "and", of: [{ kind: "compare", column, op: "eq", value }, rest] };
  });
  return { kind: "or", of };
}
