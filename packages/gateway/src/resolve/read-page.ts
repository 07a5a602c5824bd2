/** One page of records in an order, and the token of the next. */
import type { Identity, SortKey, Values } from "@tributary/model";
import type { RecordReader, StoredRecord } from "@tributary/relay";
import type { FilterPlan } from "../filter/plan-filter.ts";

export interface Page {
  readonly records: readonly StoredRecord[];
  /** The values of the order's fields of the last record looked at; null at the end. */
  readonly behind: Values | null;
}

export interface PageRequest {
  readonly model: string;
  readonly plan: FilterPlan;
  readonly order: readonly SortKey[];
  readonly limit: number;
  readonly after: Values | null;
}

/** Looks at `limit` records; those that a predicate could not judge may still drop out, so that the page is shorter. */
export async function readPage(reader: RecordReader, identity: Identity, request: PageRequest): Promise<Page> {
  const { model, plan, order, limit, after } = request;
  if (plan.isEmpty) return { records: [], behind: null };
  const { where, includeDeleted } = plan;
  const found = await reader.query(identity, { model, where, order, limit: limit + 1, after, includeDeleted });
  const looked = found.slice(0, limit);
  const last = looked.at(-1);
  return {
    records: looked.filter(plan.accepts),
    behind: found.length > limit && last !== undefined ? orderValues(order, last) : null,
  };
}

function orderValues(order: readonly SortKey[], record: StoredRecord): Values {
  return Object.fromEntries(order.map(({ field }) => [field, record.values[field] ?? null]));
}
