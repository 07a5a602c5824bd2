/** Divides the work of a filter between the store, which is given a predicate, and a look at what it answers. */
import type { Predicate } from "@tributary/model";
import type { StoredRecord } from "@tributary/relay";
import type { ModelDescription } from "@tributary/schema";
import { anyOf, decideDeletion, type FilterTest, isAlways, isExact, isNever, passes, weakened } from "./filter-test.ts";

/** What accepts a record, where predicates can say it: one for live records, one for deleted ones. */
export type Acceptance = "all" | { readonly live: Predicate; readonly deleted: Predicate };

export interface FilterPlan {
  /** No record passes: the store need not be asked. */
  readonly isEmpty: boolean;
  readonly where: Predicate | null;
  readonly includeDeleted: boolean;
  /** Whether a record passes that was read by `where` and `includeDeleted`. */
  readonly accepts: (record: StoredRecord) => boolean;
  /** The same, to be asked of the store instead; null where a look at the record is needed. */
  readonly acceptance: Acceptance | null;
  /** Whether a record passes that was read by `where`, deleted or not. */
  readonly acceptsChange: (record: StoredRecord) => boolean;
}

export function planFilter(model: ModelDescription, test: FilterTest): FilterPlan {
  const live = decideDeletion(test, false);
  const deleted = decideDeletion(test, true);
  const includeDeleted = !isNever(deleted);
  const either = isExact(test) ? test : anyOf([live, deleted]);
  const isDecided = isExact(either) && (isExact(test) || !includeDeleted);
  const judge = (record: StoredRecord): boolean => passes(model, test, record);
  const accept = (): boolean => true;
  return {
    isEmpty: isNever(live) && isNever(deleted),
    where: isAlways(either) ? null : weakened(either),
    includeDeleted,
    accepts: isDecided ? accept : judge,
    acceptance: isDecided ? "all" : acceptanceOf(test),
    acceptsChange: isExact(test) ? accept : judge,
  };
}

/** Null where predicates cannot say all of the test. */
export function acceptanceOf(test: FilterTest): Acceptance | null {
  if (isAlways(test)) return "all";
  const live = decideDeletion(test, false);
  const deleted = decideDeletion(test, true);
  return isExact(live) && isExact(deleted) ? { live: weakened(live), deleted: weakened(deleted) } : null;
}
