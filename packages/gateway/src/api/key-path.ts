/** An order of records that can be asked for by key: one partition field, then the fields that sort within it. */
import { type FieldDescription, fieldNamed, type ModelDescription, upperFirst } from "@tributary/schema";

export interface KeyPath extends SortPath {
  readonly partition: FieldDescription;
}

/** What sorts within records that have something in common. */
export interface SortPath {
  /** The index; null for the primary key. */
  readonly index: string | null;
  readonly sort: readonly FieldDescription[];
  /** The argument that holds the condition on the sort fields; null when there are none. */
  readonly sortArgument: string | null;
}

/** `index` is null for the primary key. */
export function keyPath(model: ModelDescription, index: string | null, names: readonly string[]): KeyPath {
  const [partition, ...sort] = names;
  const field = partition === undefined ? undefined : fieldNamed(model, partition);
  if (field === undefined) throw new RangeError(`${model.name} has a key or index without fields`);
  return { partition: field, ...sortPath(model, index, sort) };
}

export function sortPath(model: ModelDescription, index: string | null, names: readonly string[]): SortPath {
  const sort = names.flatMap((name) => fieldNamed(model, name) ?? []);
  return { index, sort, sortArgument: sort.length === 0 ? null : camelJoin(names) };
}

/** `placedAt`, `number` -> `placedAtNumber`. */
function camelJoin([first = "", ...rest]: readonly string[]): string {
  return first + rest.map(upperFirst).join("");
}
