/** What apps name records by: a key, a predicate, or all of them. */
import {
  buildJoinedPredicate,
  buildPredicate,
  type JoinedPredicate,
  keyOf,
  type Predicate,
  type PredicateProducer,
  predicateAll,
  type Values,
} from "@tributary/model";
import type { ModelDescription, SchemaDescription } from "@tributary/schema";

/** A key's only field, all fields of a key, `Predicates.ALL`, or a predicate function. */
export type Criteria = string | number | Readonly<Record<string, unknown>> | PredicateProducer | typeof predicateAll;

export type ReadCriteria =
  | { readonly by: "key"; readonly key: string }
  /** Null for all records. */
  | { readonly by: "predicate"; readonly where: JoinedPredicate | null };

/** `undefined` names all records. Throws a `TypeError` for what names none. */
export function readCriteria(
  schema: SchemaDescription,
  model: ModelDescription,
  criteria: unknown,
  purpose: "queried" | "deleted",
): ReadCriteria {
  if (criteria === undefined || criteria === null || criteria === predicateAll) return { by: "predicate", where: null };
  if (typeof criteria === "function") {
    const producer = criteria as PredicateProducer;
    const where =
      purpose === "deleted" ? buildPredicate(model, producer) : buildJoinedPredicate(schema, model, producer);
    return { by: "predicate", where };
  }
  if (typeof criteria === "string" || typeof criteria === "number") {
    const [first = "id", ...more] = model.primaryKey;
    if (more.length > 0) {
      throw new TypeError(
        `Models with composite primary keys cannot be ${purpose} by a single key value${
          purpose === "deleted" ? ", unless using a predicate" : ""
        }. Use object literal syntax for composite keys instead: { ${model.primaryKey.join(", ")} }`,
      );
    }
    return { by: "key", key: keyOf(model, { [first]: criteria }) };
  }
  return { by: "key", key: keyOfObject(model, criteria) };
}

/** Criteria by what records hold: a key is refused. Null for all records. */
export function readWhere(
  schema: SchemaDescription,
  model: ModelDescription,
  criteria: unknown,
): JoinedPredicate | null {
  const read = readCriteria(schema, model, criteria, "queried");
  if (read.by === "predicate") return read.where;
  throw new TypeError(`Invalid criteria for ${model.name}: give a predicate function or Predicates.ALL`);
}

/** A condition of a save or a deletion: on the record itself. Null for none. */
export function readCondition(model: ModelDescription, condition: unknown): Predicate | null {
  if (condition === undefined || condition === null || condition === predicateAll) return null;
  if (typeof condition !== "function") throw new TypeError("Invalid criteria");
  return buildPredicate(model, condition as PredicateProducer);
}

function keyOfObject(model: ModelDescription, criteria: unknown): string {
  const given = typeof criteria === "object" ? (criteria as Values) : {};
  const missing = model.primaryKey.filter((name) => (given[name] ?? null) === null);
  if (missing.length === 0) return keyOf(model, given);
  throw new TypeError(
    `Invalid criteria for ${model.name}: ${missing.join(", ")} missing. Give every field of the key (${model.primaryKey.join(", ")}), a predicate function or Predicates.ALL`,
  );
}
