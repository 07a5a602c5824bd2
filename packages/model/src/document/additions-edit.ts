/**
 * The edit of a list by a writer of whom nobody knows what he saw: what the written list has beyond the list as it is goes in,
 * nothing goes out. What the list lacks and the writer has may have been taken out by others, or be new; what the list has and
 * the writer lacks may have been put in by others, or taken out by him. Only adding loses nothing.
 */
import type { JsonValue } from "../json-value.ts";
import { canonicalJson } from "../validation/canonical.ts";
import type { ListEdit, ListPlace } from "./intent.ts";
import { lastPlace } from "./list-change.ts";
import { matchLists } from "./match-lists.ts";

/**
 * Elements count by value, each as often as it occurs. New ones come behind the element they were written behind, as far as the
 * two lists have an order in common, and otherwise last.
 */
export function additionsEdit(shown: readonly JsonValue[], written: readonly JsonValue[]): ListEdit {
  const shownJson = shown.map(canonicalJson);
  const writtenJson = written.map(canonicalJson);
  const matches = matchLists(shownJson, writtenJson);
  const indexOf = new Map(matches.flatMap((j, i) => (j === -1 ? [] : [[j, i]])));
  const spare = new Map<string, number>();
  for (const [i, json] of shownJson.entries()) if (matches[i] === -1) spare.set(json, (spare.get(json) ?? 0) + 1);

  const base: JsonValue[] = [];
  const value: JsonValue[] = [];
  const kept: number[] = [];
  const found: number[] = [];
  const behind: ListPlace[] = [{ index: 0, gone: 0 }];
  for (const [j, element] of written.entries()) {
    const index = indexOf.get(j);
    if (index === undefined && takeOne(spare, writtenJson[j] ?? "")) continue;
    if (index !== undefined) {
      base.push(element);
      kept.push(value.length);
      found.push(index);
      behind.push({ index: index + 1, gone: 0 });
    }
    value.push(element);
  }
  behind[base.length] = lastPlace(shown.length);
  return { base, value, match: { kept, found, behind } };
}

function takeOne(counts: Map<string, number>, json: string): boolean {
  const count = counts.get(json) ?? 0;
  if (count > 0) counts.set(json, count - 1);
  return count > 0;
}
