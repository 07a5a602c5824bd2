/** The hits of a text search, picked from rows as they come. It holds few more rows than it answers. */
import type { Row, TableLayout, TextSearch } from "../adapter.ts";
import { columnIndex, rowTest } from "../condition.ts";
import { wordsOf } from "../text-words.ts";
import type { StoredRow } from "./collect-page.ts";

export interface HitCollector {
  /** False where no row can be a hit, and none need be added. */
  readonly canHit: boolean;
  add(stored: StoredRow): void;
  /** The best first. */
  rows(): Row[];
}

/** Worse hits than are asked for go once so many have added up. */
const SPARE_HITS = 100;

/** Rows come in any order. Each is tested here. */
export function createHitCollector(layout: TableLayout, search: TextSearch): HitCollector {
  const { columns, text, where, limit } = search;
  const test = where === undefined ? () => true : rowTest(layout, where);
  const wanted = wordsOf(text);
  const places = columns.map((column) => columnIndex(layout, column));
  let hits: Hit[] = [];
  const best = (): Hit[] => hits.sort(compareHits).slice(0, limit);
  return {
    canHit: wanted.length > 0,
    add({ row, place }) {
      if (!test(row)) return;
      const words = places.flatMap((at) => wordsIn(row, at));
      const counts = wanted.map((word) => words.filter((one) => one.startsWith(word)).length);
      if (counts.includes(0)) return;
      hits.push({ row, place, score: counts.reduce((sum, count) => sum + count, 0) / words.length });
      if (hits.length >= 2 * limit + SPARE_HITS) hits = best();
    },
    rows: () => best().map(({ row }) => row),
  };
}

interface Hit extends StoredRow {
  readonly score: number;
}

function compareHits(left: Hit, right: Hit): number {
  return right.score - left.score || left.place - right.place;
}

function wordsIn(row: Row, at: number): string[] {
  const cell = row[at];
  return typeof cell === "string" ? wordsOf(cell) : [];
}
