/**
 * Predicates in Amplify's form: `m => m.and(m => [m.room.eq('x'), m.likes.gt(3)])`, and through relations:
 * `post => post.comments.author.name.eq('x')`.
 *
 * Over a relation to many, a condition means "some record there". A `not` over a related condition is pushed down to the
 * fields: it means "some record there that fails it", so a record without relatives meets neither.
 */
import { fieldNamed, type ModelDescription, type SchemaDescription } from "@tributary/schema";
import type { JsonValue } from "../json-value.ts";
import { joinOf } from "../relation/join-of.ts";
import { canonicalValue } from "../validation/canonical.ts";
import { compareText } from "./compare-text.ts";
import {
  isOwnPredicate,
  type JoinedPredicate,
  type Predicate,
  PredicateError,
  type PredicateOperator,
  predicateAll,
  predicateOperators,
} from "./predicate.ts";

/** A finished condition; only the functions here look inside. A class, since a builder could have a field of any name. */
export class FinishedPredicate {
  readonly predicate: JoinedPredicate;

  constructor(predicate: JoinedPredicate) {
    this.predicate = predicate;
  }
}

/** The operators of one field. */
export interface FieldOperators {
  eq(value: unknown): FinishedPredicate;
  ne(value: unknown): FinishedPredicate;
  lt(value: unknown): FinishedPredicate;
  le(value: unknown): FinishedPredicate;
  gt(value: unknown): FinishedPredicate;
  ge(value: unknown): FinishedPredicate;
  between(from: unknown, to: unknown): FinishedPredicate;
  in(values: readonly unknown[]): FinishedPredicate;
  notIn(values: readonly unknown[]): FinishedPredicate;
  contains(value: unknown): FinishedPredicate;
  notContains(value: unknown): FinishedPredicate;
  beginsWith(value: string): FinishedPredicate;
}

export interface PredicateGroups {
  and(parts: (m: PredicateBuilder) => readonly FinishedPredicate[]): FinishedPredicate;
  or(parts: (m: PredicateBuilder) => readonly FinishedPredicate[]): FinishedPredicate;
  not(part: (m: PredicateBuilder) => FinishedPredicate): FinishedPredicate;
}

/** What a predicate function is given: a member a field, and the groups. */
export type PredicateBuilder = PredicateGroups & {
  readonly [field: string]: FieldOperators & PredicateGroups["and"] & PredicateGroups["not"];
};

export type PredicateProducer = (m: PredicateBuilder) => FinishedPredicate;

/** A predicate on a model's own fields. Throws a `TypeError` for a form that is no predicate, or leads to another model. */
export function buildPredicate(model: ModelDescription, producer: PredicateProducer): Predicate {
  const built = finished(producer(builderFor({ schema: null, model, path: [] })));
  if (!isOwnPredicate(built)) throw new PredicateError(`a predicate on ${model.name} leads to another model`);
  return built;
}

/** A predicate that may lead through relations. Throws a `TypeError` for a form that is no predicate. */
export function buildJoinedPredicate(
  schema: SchemaDescription,
  model: ModelDescription,
  producer: PredicateProducer,
): JoinedPredicate {
  return finished(producer(builderFor({ schema, model, path: [] })));
}

/** What predicate functions on a model's own fields are given. */
export function predicateBuilder(model: ModelDescription): PredicateBuilder {
  return builderFor({ schema: null, model, path: [] });
}

interface Scope {
  /** Null where relations may not be followed. */
  readonly schema: SchemaDescription | null;
  readonly model: ModelDescription;
  /** The relations from where the predicate starts to `model`. */
  readonly path: readonly string[];
}

function builderFor(scope: Scope): PredicateBuilder {
  const { schema, model, path } = scope;
  const inner = (): PredicateBuilder => builderFor({ ...scope, path: [] });
  const groups: PredicateGroups = {
    and: (parts) => at(path, { kind: "and", of: finishedGroup("and", parts(inner())) }),
    or: (parts) => at(path, { kind: "or", of: finishedGroup("or", parts(inner())) }),
    not: (part) => at(path, negated(finished(part(inner())))),
  };
  return new Proxy(groups, {
    get(target, name) {
      if (typeof name !== "string") return undefined;
      if (Object.hasOwn(target, name)) return target[name as keyof PredicateGroups];
      const field = fieldNamed(model, name);
      if (field === undefined) throw new TypeError(`Invalid field for model. field: ${name}, model: ${model.name}`);
      if (field.relation === null) return operatorsFor(path, name);
      if (schema === null) {
        throw new TypeError(`Predication on releated models is not supported in this context. field: ${name}`);
      }
      return builderFor({ schema, model: joinOf(schema, model, name).model, path: [...path, name] });
    },
  }) as PredicateBuilder;
}

/** A condition on what the path leads to, as one on where it starts. */
function at(path: readonly string[], predicate: JoinedPredicate): FinishedPredicate {
  return new FinishedPredicate(
    path.reduceRight<JoinedPredicate>((of, field) => ({ kind: "related", field, of }), predicate),
  );
}

function negated(predicate: JoinedPredicate): JoinedPredicate {
  if (isOwnPredicate(predicate)) return { kind: "not", of: predicate };
  switch (predicate.kind) {
    case "and":
      return { kind: "or", of: predicate.of.map(negated) };
    case "or":
      return { kind: "and", of: predicate.of.map(negated) };
    case "not":
      return predicate.of;
    case "related":
      return { kind: "related", field: predicate.field, of: negated(predicate.of) };
    default:
      return { kind: "not", of: predicate };
  }
}

function operatorsFor(path: readonly string[], field: string): FieldOperators {
  const made: Partial<Record<PredicateOperator, (...args: unknown[]) => FinishedPredicate>> = {};
  for (const op of predicateOperators) {
    made[op] = (...args) => at(path, { kind: "field", field, op, value: operandOf(op, args) });
  }
  return made as unknown as FieldOperators;
}

function operandOf(op: PredicateOperator, args: readonly unknown[]): JsonValue {
  const count = op === "between" ? 2 : 1;
  if (args.length !== count) {
    throw new TypeError(
      `Incorrect usage of \`${op}()\`: Exactly ${count === 1 ? "1 argument is" : "2 arguments are"} required.`,
    );
  }
  const [first, second] = args.map((arg) => canonicalValue((arg ?? null) as JsonValue));
  if (op === "in" || op === "notIn") {
    if (!Array.isArray(first)) throw new TypeError(`Incorrect usage of \`${op}()\`: The argument must be an array.`);
    return first as JsonValue;
  }
  if (op !== "between") return first ?? null;
  if (isGreater(first ?? null, second ?? null)) {
    throw new TypeError(
      "Incorrect usage of `between()`: The first argument must be less than or equal to the second argument.",
    );
  }
  return [first ?? null, second ?? null];
}

function isGreater(left: JsonValue, right: JsonValue): boolean {
  if (typeof left === "string" && typeof right === "string") return compareText(left, right) > 0;
  return typeof left === "number" && typeof right === "number" && left > right;
}

function finishedGroup(kind: "and" | "or", parts: unknown): readonly JoinedPredicate[] {
  if (!Array.isArray(parts)) {
    throw new TypeError(`Invalid predicate. \`${kind}\` groups must return an array of child conditions.`);
  }
  return parts.map(finished);
}

function finished(part: unknown): JoinedPredicate {
  if (part instanceof FinishedPredicate) return part.predicate;
  if (part === predicateAll) return predicateAll;
  throw new TypeError(
    "Invalid predicate. Terminate your predicate with a valid condition (e.g., `p => p.field.eq('value')`) or pass `Predicates.ALL`.",
  );
}
