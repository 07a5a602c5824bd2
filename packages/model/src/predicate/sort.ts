/**
 * Sorts: keys in order, null before everything else ascending and behind it descending, ties as they were.
 *
 * A key may be a field of a record that relations to one lead to; where they lead to nothing it is null. JSON values compare by
 * their text.
 */
import { type FieldDescription, fieldNamed, type ModelDescription, type SchemaDescription } from "@tributary/schema";
import type { JsonValue, Values } from "../json-value.ts";
import { joinOf } from "../relation/join-of.ts";
import { compareText } from "./compare-text.ts";

export type SortDirection = "ASCENDING" | "DESCENDING";

/** A field of the record itself. */
export interface SortKey {
  readonly field: string;
  readonly direction: SortDirection;
  readonly through?: never;
}

/** A field of the record at the end of a path. */
export interface RelatedSortKey {
  readonly field: string;
  readonly direction: SortDirection;
  /** Relations to one, the first on the model that is sorted; at least one. */
  readonly through: readonly string[];
}

/** A key that may look through relations: what one row holds does not tell where it stands. */
export type JoinedSortKey = SortKey | RelatedSortKey;

/** What a sort function is given: a member a field; each call answers the builder, so that keys chain. */
export interface SortBuilder {
  readonly [field: string]: SortStep;
}

/** A field to sort by, or a relation to lead on from. A function's own members give way to fields of their names. */
export interface SortStep {
  (direction: SortDirection): SortBuilder;
  readonly name: SortStep;
  readonly length: SortStep;
  readonly [field: string]: SortStep;
}

export type SortProducer = (s: SortBuilder) => SortBuilder;

/** `s => s.createdAt('DESCENDING').title('ASCENDING')`. Throws a `TypeError` for a field the model does not have. */
export function buildSort(model: ModelDescription, producer: SortProducer): SortKey[] {
  return keysOf(null, model, producer).filter(isOwnKey);
}

/** `s => s.author.name('ASCENDING')`. Throws a `TypeError` for what is no field, and for relations to many. */
export function buildJoinedSort(
  schema: SchemaDescription,
  model: ModelDescription,
  producer: SortProducer,
): JoinedSortKey[] {
  return keysOf(schema, model, producer);
}

/** `schema` is null where relations may not be followed. */
function keysOf(schema: SchemaDescription | null, start: ModelDescription, producer: SortProducer): JoinedSortKey[] {
  const keys: JoinedSortKey[] = [];
  const root = stepFrom(start, []);

  function stepFrom(model: ModelDescription, through: readonly string[]): SortStep {
    const call = (): never => {
      throw new TypeError(`sort by ${through.join(".")} needs a field of ${model.name}`);
    };
    return new Proxy(call as unknown as SortStep, {
      get(_target, name) {
        if (typeof name !== "string") return undefined;
        const field = fieldNamed(model, name);
        if (field?.relation === null) return by(name, through);
        if (field === undefined || schema === null) {
          throw new TypeError(`Invalid field for model. field: ${name}, model: ${model.name}`);
        }
        const join = joinOf(schema, model, name);
        if (!join.isMany) return stepFrom(join.model, [...through, name]);
        throw new TypeError(
          `sort by ${model.name}.${name} is not possible: it leads to many records, and a sort takes fields of one`,
        );
      },
    });
  }

  function by(field: string, through: readonly string[]): (direction: SortDirection) => SortBuilder {
    return (direction) => {
      if (direction !== "ASCENDING" && direction !== "DESCENDING") {
        const path = [...through, field].join(".");
        throw new TypeError(`sort by ${path} takes ASCENDING or DESCENDING, not ${String(direction)}`);
      }
      keys.push(through.length === 0 ? { field, direction } : { field, direction, through });
      return root;
    };
  }

  producer(root);
  return keys;
}

/** Whether a sort looks at one record only. */
export function isOwnSort(sort: readonly JoinedSortKey[]): sort is readonly SortKey[] {
  return sort.every(isOwnKey);
}

function isOwnKey(key: JoinedSortKey): key is SortKey {
  return key.through === undefined;
}

export function compareRows(
  model: ModelDescription,
  sort: readonly SortKey[],
): (left: Values, right: Values) => number {
  const comparisons = sort.map(({ field, direction }) => ({
    field,
    compare: comparisonOf(fieldNamed(model, field), direction),
  }));
  return (left, right) => {
    for (const { field, compare } of comparisons) {
      const compared = compare(left[field] ?? null, right[field] ?? null);
      if (compared !== 0) return compared;
    }
    return 0;
  };
}

/** Compares the values that records of `model` have in a sort's fields, in the order of its keys. */
export function compareSortValues(
  schema: SchemaDescription,
  model: ModelDescription,
  sort: readonly JoinedSortKey[],
): (left: readonly JsonValue[], right: readonly JsonValue[]) => number {
  const comparisons = sort.map(({ field, direction, through = [] }) => {
    const last = through.reduce((at, relation) => joinOf(schema, at, relation).model, model);
    return comparisonOf(fieldNamed(last, field), direction);
  });
  return (left, right) => {
    for (const [i, compare] of comparisons.entries()) {
      const compared = compare(left[i] ?? null, right[i] ?? null);
      if (compared !== 0) return compared;
    }
    return 0;
  };
}

type Comparison = (left: JsonValue, right: JsonValue) => number;

function comparisonOf(field: FieldDescription | undefined, direction: SortDirection): Comparison {
  const isJson = field?.type.kind === "scalar" && field.type.name === "AWSJSON";
  const compare = isJson ? compareJson : compareValues;
  return direction === "ASCENDING" ? compare : (left, right) => compare(right, left);
}

function compareValues(left: JsonValue, right: JsonValue): number {
  if (left === null || right === null || typeof left === "object" || typeof right === "object") {
    return compareJson(left, right);
  }
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  return Number(left) - Number(right);
}

function compareJson(left: JsonValue, right: JsonValue): number {
  if (left === null || right === null) return (left === null ? 0 : 1) - (right === null ? 0 : 1);
  return compareText(JSON.stringify(left), JSON.stringify(right));
}
