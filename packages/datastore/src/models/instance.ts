/**
 * What an instance is underneath: its model, what it was made from, and whether its values are stored.
 *
 * An instance that was saved is its own base from then on: saving it again, or a copy made of it before, repeats nothing.
 */
import { type Join, type JsonValue, joinOf, type Values } from "@tributary/model";
import { type ModelDescription, type SchemaDescription, storedFields } from "@tributary/schema";
import { AsyncCollection } from "./async-collection.ts";
import { AsyncItem } from "./async-item.ts";
import { storedValue } from "./field-value.ts";

/** An instance of a model, or of the class of an app's own type for it. */
export type PersistentModel = Readonly<Record<string, unknown>>;

/** Reads the records at the other end of a relation, as instances. */
export interface RelatedRecords {
  related(join: Join, values: Values): Promise<readonly PersistentModel[]>;
}

export interface Hidden {
  readonly schema: SchemaDescription;
  readonly model: ModelDescription;
  /** What it was copied from; null for one that was constructed or read. */
  readonly source: PersistentModel | null;
  /** Its id was drawn for it: no record of that id can be there before it is saved. */
  readonly hasFreshId: boolean;
  /** Where its related records are read; null for one that did not come from a datastore. */
  readonly records: RelatedRecords | null;
  /** What its relations gave, or were given, by field; null until one did. */
  related: Map<string, AsyncItem<PersistentModel | undefined> | AsyncCollection<PersistentModel>> | null;
  /** Its values are, or were once, those of the stored record. */
  isStored: boolean;
  /** The step that is about to store it, as long as that is not committed. */
  storedBy: object | null;
}

/** Carries what an instance is underneath: in a private field, since a weak map of all instances is dear to collect. */
export class Instance {
  readonly #hidden: Hidden;

  constructor(hidden: Hidden) {
    this.#hidden = hidden;
  }

  static hiddenOf(value: unknown): Hidden | undefined {
    return typeof value === "object" && value !== null && #hidden in value ? value.#hidden : undefined;
  }
}

const { hiddenOf } = Instance;

/** What a save of an instance is to write. */
export interface SaveRequest {
  readonly model: ModelDescription;
  /** Every field an app may write. */
  readonly values: Values;
  /** Whether the record cannot be there yet. */
  readonly isNew: boolean;
}

/** The model of an instance; undefined for anything that is no instance. */
export function modelOfInstance(instance: unknown): ModelDescription | undefined {
  return hiddenOf(instance)?.model;
}

/** Throws a `TypeError` for anything that is no instance. */
export function saveRequestOf(instance: unknown): SaveRequest {
  const hidden = hiddenOf(instance);
  if (hidden === undefined) throw new TypeError("Object is not an instance of a valid model");
  const values = storedValuesOf(hidden, instance as PersistentModel);
  return { model: hidden.model, values, isNew: hidden.hasFreshId && !hidden.isStored && hidden.storedBy === null };
}

/** Tells that the instance's values are stored: by a step that is not committed yet, or, without one, for good. */
export function markStored(instance: object, step: object | null): void {
  const hidden = hiddenOf(instance);
  if (hidden === undefined) return;
  if (step === null) hidden.isStored = true;
  hidden.storedBy = step;
}

/**
 * The values the app saw when it made its changes; null when it constructed the record. What `step`, the one that is to save
 * the instance, stored before counts as stored.
 */
export function baseOf(instance: PersistentModel, step: object): Values | null {
  const hidden = hiddenOf(instance);
  if (hidden === undefined) return null;
  if (hidden.isStored || hidden.storedBy === step) return storedValuesOf(hidden, instance);
  return hidden.source === null ? null : baseOf(hidden.source, step);
}

/** The values of the key, as it is given, and of every field that an app may write, as they are stored. */
function storedValuesOf({ schema, model }: Hidden, instance: PersistentModel): Values {
  const values: Record<string, JsonValue> = {};
  for (const field of storedFields(model)) {
    if (field.isReadOnly) continue;
    const value = instance[field.name];
    const isKey = model.primaryKey.includes(field.name);
    values[field.name] = isKey ? ((value ?? null) as JsonValue) : storedValue(schema, field, value);
  }
  return values;
}

/** What the relation `field` of an instance gives; the same each time. */
export function relatedTo(
  instance: unknown,
  field: string,
): AsyncItem<PersistentModel | undefined> | AsyncCollection<PersistentModel> | undefined {
  const hidden = hiddenOf(instance);
  if (hidden === undefined) return undefined;
  hidden.related ??= new Map();
  const known = hidden.related.get(field);
  if (known !== undefined) return known;
  const { records, model } = hidden;
  const join = joinOf(hidden.schema, model, field);
  const values = instance as Values;
  const read = async (): Promise<readonly PersistentModel[]> => records?.related(join, values) ?? [];
  const found = join.isMany
    ? new AsyncCollection(read)
    : new AsyncItem<PersistentModel | undefined>((resolve, reject) => {
        read().then((all) => {
          if (all.length <= 1) resolve(all[0]);
          else
            reject(new Error(`Data integrity error. ${model.name}.${field} leads to ${all.length} records, not one.`));
        }, reject);
      });
  hidden.related.set(field, found);
  return found;
}
