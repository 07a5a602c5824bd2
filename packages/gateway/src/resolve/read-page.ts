/** One page of records in an order, and the place of the next. */
import type { Identity, SortKey, Values } from "@tributary/model";
import type { RecordReader, StoredRecord } from "@tributary/relay";
import type { FilterPlan } from "../filter/plan-filter.ts";

export interface Page {
  readonly records: readonly StoredRecord[];
  /** How many records were looked at. */
  readonly looked: number;
  /** The values of the order's fields of the last record looked at; null at the end. */
  readonly behind: Values | null;
}

export interface PageRequest {
  readonly model: string;
  /** The store is asked for what it says before records are counted; what it accepts is told after that. */
  readonly plan: Pick<FilterPlan, "isEmpty" | "where" | "includeDeleted" | "accepts">;
  readonly order: readonly SortKey[];
  readonly limit: number;
  readonly after: Values | null;
}

/** Looks at `limit` records, of which some may drop out, so that the page is shorter. */
export async function readPage(reader: RecordReader, identity: Identity, request: PageRequest): Promise<Page> {
  const { model, plan, order, limit, after } = request;
  if (plan.isEmpty) return { records: [], looked: 0, behind: null };
  const { where, includeDeleted } = plan;
  const found = await reader.query(identity, { model, where, order, limit: limit + 1, after, includeDeleted });
  const looked = found.slice(0, limit);
  const last = looked.at(-1);
  return {
    records: looked.filter(plan.accepts),
    looked: looked.length,
    behind: found.length > limit && last !== undefined ? orderValues(order, last) : null,
  };
}

function orderValues(order: readonly SortKey[], record: StoredRecord): Values {
  return Object.fromEntries(order.map(({ field }) => [field, record.values[field] ?? null]));
}
