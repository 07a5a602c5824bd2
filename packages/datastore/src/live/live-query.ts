/**
 * A query that stays true: its result in order, as records come, change and go.
 *
 * A change is placed by binary search: it costs what it is, not what the result is. Without a sort, and among equals, records
 * stand in the order in which they came.
 */
import { compareRows, type SortKey } from "@tributary/model";
import type { ModelDescription } from "@tributary/schema";
import type { ReadRecord } from "@tributary/storage";

export interface LiveQuery<Item> {
  /** In order; a list of its own each time. */
  items(): Item[];
  /** `record` is null for one that is not in the result, or not any more. False when that changed nothing. */
  place(key: string, record: ReadRecord | null): boolean;
  /** Undefined for a record that is not in the result. */
  item(key: string): Item | undefined;
}

interface Entry<Item> {
  readonly record: ReadRecord;
  readonly item: Item;
  /** Which one it was to come. */
  readonly arrival: number;
}

/** `initial` comes in order, with an item where that is made already. */
export function createLiveQuery<Item>(
  model: ModelDescription,
  sort: readonly SortKey[],
  initial: readonly { readonly key: string; readonly record: ReadRecord; readonly item?: Item | undefined }[],
  toItem: (record: ReadRecord) => Item,
): LiveQuery<Item> {
  const compareValues = compareRows(model, sort);
  let arrivals = 0;
  const ordered: Entry<Item>[] = initial.map(({ record, item }) => ({
    record,
    item: item ?? toItem(record),
    arrival: arrivals++,
  }));
  const entries = new Map<string, Entry<Item>>();
  for (const [i, { key }] of initial.entries()) {
    const entry = ordered[i];
    if (entry !== undefined) entries.set(key, entry);
  }

  const compare = (left: Entry<Item>, right: Entry<Item>): number =>
    compareValues(left.record.values, right.record.values) || left.arrival - right.arrival;

  /** Where the entry stands, or would. */
  function indexOf(entry: Entry<Item>): number {
    let [from, to] = [0, ordered.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = ordered[middle];
      if (other !== undefined && compare(other, entry) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  return {
    items: () => ordered.map((entry) => entry.item),
    item: (key) => entries.get(key)?.item,
    place(key, record) {
      const before = entries.get(key);
      if (record === null) {
        if (before === undefined) return false;
        ordered.splice(indexOf(before), 1);
        entries.delete(key);
        return true;
      }
      const after = { record, item: toItem(record), arrival: before?.arrival ?? arrivals++ };
      entries.set(key, after);
      if (before !== undefined && compare(before, after) === 0) {
        ordered[indexOf(before)] = after;
        return true;
      }
      if (before !== undefined) ordered.splice(indexOf(before), 1);
      ordered.splice(indexOf(after), 0, after);
      return true;
    },
  };
}
