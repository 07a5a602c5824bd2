/** Searches rows for words in JavaScript. Shared by adapters without a text index of their own. */
import type { Row, TableLayout, TextSearch } from "./adapter.ts";
import { columnIndex } from "./condition.ts";
import { wordsOf } from "./text-words.ts";

/** `rows` are whole, meet the search's condition, and come in the order of first insertion. */
export function searchRows(layout: TableLayout, rows: Iterable<Row>, { columns, text, limit }: TextSearch): Row[] {
  const wanted = wordsOf(text);
  if (wanted.length === 0) return [];
  const places = columns.map((column) => columnIndex(layout, column));
  const found: { readonly row: Row; readonly score: number }[] = [];
  for (const row of rows) {
    const words = places.flatMap((at) => wordsIn(row, at));
    const hits = wanted.map((word) => words.filter((one) => one.startsWith(word)).length);
    if (hits.includes(0)) continue;
    const total = hits.reduce((sum, count) => sum + count, 0);
    found.push({ row, score: total / words.length });
  }
  return found
    .sort((left, right) => right.score - left.score)
    .slice(0, limit)
    .map(({ row }) => row);
}

function wordsIn(row: Row, at: number): string[] {
  const cell = row[at];
  return typeof cell === "string" ? wordsOf(cell) : [];
}
