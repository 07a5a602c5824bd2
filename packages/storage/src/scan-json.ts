/** A page of a model's records as JSON, where the database writes it: all that a range leads to, tombstones included. */
import type { Predicate, SortKey, Values } from "@tributary/model";
import type { Condition, JsonPage, StorageAdapter } from "./adapter.ts";
import { both, planAfter } from "./plan-query.ts";
import type { RecordTable } from "./record-table.ts";
import type { RowShape } from "./row-shape.ts";
import { cellsOf, notDeleted, placeOf, planned, wholeOrder } from "./scan-rows.ts";

export interface RecordsJsonScan {
  readonly model: string;
  /** Which records are gone through, and count. Null for all. */
  readonly range: Predicate | null;
  /** Records that it leaves level come in key order. */
  readonly sort: readonly SortKey[];
  /** Values of the last record already read, of its key and the sort's fields at least; null from the start. */
  readonly after: Values | null;
  readonly limit: number;
  /** Its columns are stored fields and `recordColumns`; its tables are models. */
  readonly shape: RowShape;
  /** What a live record must meet to be written, and what a deleted one. Null where all are. */
  readonly accept: { readonly live: Predicate; readonly deleted: Predicate } | null;
}

export interface RecordsJson extends Omit<JsonPage, "behind"> {
  /** Values of the order's fields of the last record looked at when there are more; null at the end. */
  readonly behind: Values | null;
}

export async function scanJson(
  adapter: StorageAdapter,
  table: RecordTable,
  { range, sort, limit, shape, ...asked }: RecordsJsonScan,
): Promise<RecordsJson | null> {
  if (adapter.scanJson === undefined) return null;
  const { model } = table;
  const order = wholeOrder(table, sort);
  const columns = order.map(({ column }) => column);
  const { after, where: behindAfter } =
    asked.after === null ? {} : planAfter(model, order, cellsOf(table, columns, asked.after));
  const where = both(planned(table, range), behindAfter);
  const accept = acceptance(table, asked.accept);
  const page = await adapter.scanJson({
    scan: {
      table: model.name,
      order,
      limit,
      ...(where === undefined ? {} : { where }),
      ...(after === undefined ? {} : { after }),
    },
    shape,
    ...(accept === undefined ? {} : { accept }),
  });
  if (page === null) return null;
  return { ...page, behind: page.behind === null ? null : placeOf(table, columns, page.behind) };
}

function acceptance(table: RecordTable, accept: RecordsJsonScan["accept"]): Condition | undefined {
  if (accept === null) return undefined;
  const live = both(notDeleted, planned(table, accept.live));
  const deleted = both({ kind: "not", of: notDeleted }, planned(table, accept.deleted));
  return { kind: "or", of: [live, deleted].filter((part) => part !== undefined) };
}
