/** Divides the work of a filter between the store, which is given a predicate, and a look at what it answers. */
import type { Predicate } from "@tributary/model";
import type { StoredRecord } from "@tributary/relay";
import type { ModelDescription } from "@tributary/schema";
import { anyOf, decideDeletion, type FilterTest, isAlways, isExact, isNever, passes, weakened } from "./filter-test.ts";

export interface FilterPlan {
  /** No record passes: the store need not be asked. */
  readonly isEmpty: boolean;
  readonly where: Predicate | null;
  readonly includeDeleted: boolean;
  /** Whether a record passes that was read by `where` and `includeDeleted`. */
  readonly accepts: (record: StoredRecord) => boolean;
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
    acceptsChange: isExact(test) ? accept : judge,
  };
}
