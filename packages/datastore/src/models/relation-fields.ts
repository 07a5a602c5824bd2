/**
 * Relations on what an app writes: giving a record to a relation field of a new instance or a draft sets the foreign key.
 */
import { joinOf } from "@tributary/model";
import { type ModelDescription, relationFields, type SchemaDescription } from "@tributary/schema";
import { AsyncItem } from "./async-item.ts";
import { parsedOr } from "./field-value.ts";
import { modelOfInstance, type PersistentModel } from "./instance.ts";

/** The records given to relations so far, by field; undefined where one was taken away. */
export type GivenRecords = Map<string, PersistentModel | undefined>;

/**
 * Sets the fields that hold the key of `value`, or clears them for null. A plain object gives its key, as a record does that went
 * through JSON. Anything else that is no object changes nothing, nor does what is given to a relation to many, whose keys lie in
 * the other records. Throws for a record of another model.
 */
export function setRelation(
  schema: SchemaDescription,
  model: ModelDescription,
  field: string,
  value: unknown,
  target: Record<string, unknown>,
  given: GivenRecords,
): void {
  const join = joinOf(schema, model, field);
  const related = readRecord(value);
  if (join.isMany || related === undefined) return;
  const relatedModel = modelOfInstance(related);
  if (relatedModel !== undefined && relatedModel !== join.model) {
    throw new TypeError(`Value passed to ${model.name}.${field} is not an instance of ${join.model.name}`);
  }
  for (const { own, other } of join.on) {
    // A relation over the own key leads on from it; it does not give it.
    if (!model.primaryKey.includes(own) || related !== null) target[own] = related?.[other] ?? null;
  }
  if (related === null || relatedModel !== undefined) given.set(field, related ?? undefined);
}

/** Null to take a record away; undefined for what is ignored. Text is read as JSON, as for other fields. */
function readRecord(value: unknown): PersistentModel | null | undefined {
  if (value === null) return null;
  if (typeof value === "object") return value as PersistentModel;
  return typeof value === "string" ? readRecord(parsedOr(value, undefined)) : undefined;
}

/** Remembers given records as what their relations give. */
export function relatedFrom(given: GivenRecords): Map<string, AsyncItem<PersistentModel | undefined>> | null {
  if (given.size === 0) return null;
  return new Map(Array.from(given, ([field, record]) => [field, new AsyncItem((resolve) => resolve(record))] as const));
}

/** An object to lie behind drafts: its relation fields give what the source's do, and set foreign keys. */
export function relationAccessors(
  model: ModelDescription,
  read: (field: string) => unknown,
  write: (target: Record<string, unknown>, field: string, value: unknown) => void,
): object {
  const prototype = {};
  for (const { name } of relationFields(model)) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      get: () => read(name),
      set(this: Record<string, unknown>, value: unknown) {
        write(this, name, value);
      },
    });
  }
  return prototype;
}
