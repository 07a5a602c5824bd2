/**
 * A query that stays true: its result as records come, change and go, at a cost that follows the change, not the result.
 */
import { compareRows, matches, type Predicate, type SortKey, type Values } from "@tributary/model";
import type { ModelDescription } from "@tributary/schema";
import type { RecordChange } from "../local/workspace.ts";

export interface LiveQuery {
  /** Values in order. */
  items(): readonly Values[];
  /** False when the change did not touch the result. */
  apply(change: RecordChange): boolean;
}

export function createLiveQuery(
  model: ModelDescription,
  predicate: Predicate | null,
  sort: readonly SortKey[],
  initial: readonly { readonly key: string; readonly values: Values }[],
): LiveQuery {
  const valuesByKey = new Map(initial.map(({ key, values }) => [key, values]));
  const compare = sort.length === 0 ? null : compareRows(model, sort);
  let ordered: readonly Values[] | null = null;
  return {
    items() {
      ordered ??= compare === null ? [...valuesByKey.values()] : [...valuesByKey.values()].sort(compare);
      return ordered;
    },
    apply({ key, after }) {
      const isIn = after !== null && (predicate === null || matches(model, predicate, after.values));
      if (!isIn && !valuesByKey.has(key)) return false;
      if (isIn) valuesByKey.set(key, after.values);
      else valuesByKey.delete(key);
      ordered = null;
      return true;
    },
  };
}
