/** Reads the rows of an access within a transaction, in pages, so that memory holds one page whatever the table's size. */
import type { StoredRow } from "../access/collect-page.ts";
import type { Access, TupleRange } from "../access/plan-access.ts";
import { type IdbKey, type IdbKeyRanges, type IdbSource, type IdbStore, resultOf } from "./indexed-db.ts";
import { ENTRIES, keyAlong, keyRange, type Table } from "./row-record.ts";

/** Rows in memory at a time. */
const PAGE_ROWS = 200;
/** Rows of a page cost what a read by itself costs, about: measured in Chromium. */
const ROWS_FOR_A_READ = 4;
const MANY_RANGES = 16;

/** `visit` answers whether to go on. `expected` is how many rows may do. */
export async function walkRows(
  store: IdbStore,
  ranges: IdbKeyRanges,
  table: Table,
  access: Access,
  expected: number,
  visit: (stored: StoredRow) => boolean,
): Promise<void> {
  const source = access.path === "key" ? store : store.index(ENTRIES);
  let count = Math.min(Math.max(expected, 1), PAGE_ROWS);
  const walkOn = async (range: TupleRange): Promise<boolean> => {
    let after: IdbKey | null = null;
    for (;;) {
      const request = source.getAll(keyRange(ranges, table, access.path, range, after), count);
      const page = (await resultOf(request)) as readonly StoredRow[];
      if (!page.every(visit)) return false;
      const last = page.at(-1);
      if (last === undefined || page.length < count) return true;
      after = keyAlong(table, access.path, last);
      count = Math.min(2 * count, PAGE_ROWS);
    }
  };
  const walkBack = (range: TupleRange): Promise<boolean> =>
    visitBackwards(source, keyRange(ranges, table, access.path, range, null), visit);
  const wanted = await worthReading(source, ranges, table, access);
  for (const range of access.isDescending ? wanted.toReversed() : wanted) {
    if (!(await (access.isDescending ? walkBack(range) : walkOn(range)))) return;
  }
}

/** Each range costs a read of its own: where there are many, all between them are read when those are not many more. */
async function worthReading(
  source: IdbSource,
  ranges: IdbKeyRanges,
  table: Table,
  access: Access,
): Promise<readonly TupleRange[]> {
  const [first, last] = [access.ranges[0], access.ranges.at(-1)];
  if (first === undefined || last === undefined || access.ranges.length <= MANY_RANGES) return access.ranges;
  const hull: TupleRange = { from: first.from, to: last.to };
  const count = await resultOf(source.count(keyRange(ranges, table, access.path, hull, null)));
  return count <= ROWS_FOR_A_READ * access.ranges.length ? [hull] : access.ranges;
}

function visitBackwards(source: IdbSource, range: object, visit: (stored: StoredRow) => boolean): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = source.openCursor(range, "prev");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      try {
        if (cursor === null) resolve(true);
        else if (visit(cursor.value as StoredRow)) cursor.continue();
        else resolve(false);
      } catch (error) {
        reject(error);
      }
    };
  });
}
