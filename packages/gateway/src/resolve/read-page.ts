/** One page of records in an order, and the place of the next. */
import type { Identity, Predicate, SortKey, Values } from "@tributary/model";
import type { RecordReader } from "@tributary/relay";
import type { FilterPlan } from "../filter/plan-filter.ts";
import type { PageForm } from "./page-form.ts";
import { LOOKED_PER_RECORD, pageCost } from "./record-budget.ts";

export interface Page<Items> {
  readonly items: Items;
  /** What it takes of a request's budget. */
  readonly cost: number;
  /** The values of the order's fields of the last record looked at; null at the end. */
  readonly behind: Values | null;
}

export interface PageRequest {
  readonly model: string;
  /** What keys and indexes lead to; null for all of the model. */
  readonly range: Predicate | null;
  /** The store is asked for what it says before records are counted; what it accepts is told after that. */
  readonly plan: Pick<FilterPlan, "isEmpty" | "where" | "includeDeleted" | "accepts" | "acceptance">;
  readonly order: readonly SortKey[];
  readonly limit: number;
  readonly after: Values | null;
}

/** Counts `limit` records, of which some may drop out, so that the page is shorter; so it is when too many are looked at for them. */
export async function readPage<Items>(
  reader: RecordReader,
  identity: Identity,
  request: PageRequest,
  form: PageForm<Items>,
): Promise<Page<Items>> {
  const { model, range, plan, order, limit, after } = request;
  if (plan.isEmpty) return { items: (await form.ofRecords([])).items, cost: 0, behind: null };
  const whole = await form.readRange(request);
  if (whole !== null) {
    const { items, looked, led, behind } = whole;
    return { items, cost: pageCost(looked, looked) + led, behind: behind === null ? null : placeIn(order, behind) };
  }
  const { where, includeDeleted } = plan;
  const found = await reader.query(identity, {
    model,
    range,
    where,
    order,
    // One more, which tells that there is another page.
    limit: limit + 1,
    maxLooked: limit * LOOKED_PER_RECORD,
    after,
    includeDeleted,
  });
  const counted = found.records.slice(0, limit);
  const last = counted.at(-1);
  const { items, led } = await form.ofRecords(counted.filter(plan.accepts));
  return {
    items,
    cost: pageCost(counted.length, found.looked) + led,
    behind: found.records.length > limit && last !== undefined ? placeIn(order, last.values) : found.behind,
  };
}

function placeIn(order: readonly SortKey[], values: Values): Values {
  return Object.fromEntries(order.map(({ field }) => [field, values[field] ?? null]));
}
