/** Sorts: keys in order, null before everything else ascending and behind it descending, ties as they were. */
import { fieldNamed, type ModelDescription } from "@tributary/schema";
import type { JsonValue, Values } from "../json-value.ts";
import { compareText } from "./compare-text.ts";

export type SortDirection = "ASCENDING" | "DESCENDING";

export interface SortKey {
  readonly field: string;
  readonly direction: SortDirection;
}

/** What a sort function is given; each call answers the builder, so that keys chain. */
export type SortBuilder = { readonly [field: string]: (direction: SortDirection) => SortBuilder };

export type SortProducer = (s: SortBuilder) => SortBuilder;

/** `s => s.createdAt('DESCENDING').title('ASCENDING')`. Throws a `TypeError` for a field the model does not have. */
export function buildSort(model: ModelDescription, producer: SortProducer): SortKey[] {
  const keys: SortKey[] = [];
  const builder: SortBuilder = new Proxy<Record<string, (direction: SortDirection) => SortBuilder>>(
    {},
    {
      get(_target, name) {
        if (typeof name !== "string") return undefined;
        const field = fieldNamed(model, name);
        if (field === undefined || field.relation !== null) {
          throw new TypeError(`Invalid field for model. field: ${name}, model: ${model.name}`);
        }
        return (direction: SortDirection) => {
          if (direction !== "ASCENDING" && direction !== "DESCENDING") {
            throw new TypeError(`sort by ${name} takes ASCENDING or DESCENDING, not ${String(direction)}`);
          }
          keys.push({ field: name, direction });
          return builder;
        };
      },
    },
  );
  producer(builder);
  return keys;
}

export function compareRows(
  _model: ModelDescription,
  sort: readonly SortKey[],
): (left: Values, right: Values) => number {
  return (left, right) => {
    for (const { field, direction } of sort) {
      const compared = compareValues(left[field] ?? null, right[field] ?? null);
      if (compared !== 0) return direction === "ASCENDING" ? compared : -compared;
    }
    return 0;
  };
}

function compareValues(left: JsonValue, right: JsonValue): number {
  if (left === null || right === null) return (left === null ? 0 : 1) - (right === null ? 0 : 1);
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  if (typeof left === "object" || typeof right === "object")
    return compareText(JSON.stringify(left), JSON.stringify(right));
  return Number(left) - Number(right);
}
