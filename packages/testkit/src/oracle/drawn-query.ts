/**
 * Predicates and sorts drawn at random: as an app writes them, and what they mean.
 *
 * The meaning is that of Amplify's documentation and of the rules of model and datastore, not of their evaluator.
 */
import type { JsonValue, Values } from "@tributary/model";
import type { Random } from "../cluster/random.ts";
import type { DrawnField, DrawnModel, DrawnRelation } from "./drawn-schema.ts";
import { canonical, drawOne, drawValue, isSameValue, storedOf } from "./drawn-values.ts";

export type DrawnPredicate =
  | { readonly kind: "and" | "or"; readonly path: readonly string[]; readonly of: readonly DrawnPredicate[] }
  | { readonly kind: "not"; readonly path: readonly string[]; readonly of: readonly [DrawnPredicate] }
  | {
      readonly kind: "field";
      readonly path: readonly string[];
      readonly field: string;
      readonly op: string;
      readonly args: readonly unknown[];
    };

export interface DrawnSortKey {
  readonly path: readonly string[];
  readonly field: string;
  readonly direction: "ASCENDING" | "DESCENDING";
}

/** What is in a database: the models by name, and the records that a relation leads to. */
export interface Holdings {
  readonly models: ReadonlyMap<string, DrawnModel>;
  all(model: string): readonly Values[];
}

export function modelAt(holdings: Pick<Holdings, "models">, name: string): DrawnModel {
  const model = holdings.models.get(name);
  if (model === undefined) throw new RangeError(`no model ${name}`);
  return model;
}

function relationAt(model: DrawnModel, name: string): DrawnRelation {
  const relation = model.relations.find((one) => one.name === name);
  if (relation === undefined) throw new RangeError(`${model.name} has no relation ${name}`);
  return relation;
}

/** The records at the other end; a null on either side ties nothing. */
export function relatedTo(holdings: Holdings, model: DrawnModel, name: string, values: Values): readonly Values[] {
  const relation = relationAt(model, name);
  const own = relation.own.map((field) => values[field] ?? null);
  if (own.includes(null)) return [];
  return holdings
    .all(relation.model)
    .filter((other) => relation.other.every((field, i) => isSameValue(other[field], own[i])));
}

export function drawPredicate(
  random: Random,
  holdings: Holdings,
  model: DrawnModel,
  depth: number,
  mayLead: boolean,
): DrawnPredicate {
  const { path, model: at } = mayLead ? drawPath(random, holdings, model, () => true) : { path: [], model };
  if (depth === 0 || random.chance(0.45)) return drawCondition(random, holdings, at, path);
  const part = (): DrawnPredicate => drawPredicate(random, holdings, at, depth - 1, mayLead);
  if (random.chance(0.3)) return { kind: "not", path, of: [part()] };
  return { kind: random.chance(0.5) ? "and" : "or", path, of: Array.from({ length: random.int(4) }, part) };
}

function drawPath(
  random: Random,
  holdings: Holdings,
  start: DrawnModel,
  fits: (relation: DrawnRelation) => boolean,
): { readonly path: readonly string[]; readonly model: DrawnModel } {
  const path: string[] = [];
  let model = start;
  while (path.length < 3 && random.chance(0.35)) {
    const relations = model.relations.filter(fits);
    if (relations.length === 0) break;
    const relation = random.pick(relations);
    path.push(relation.name);
    model = modelAt(holdings, relation.model);
  }
  return { path, model };
}

function drawCondition(random: Random, holdings: Holdings, model: DrawnModel, path: readonly string[]): DrawnPredicate {
  const field = random.pick(model.fields);
  const op = random.pick(operatorsOf(field));
  return { kind: "field", path, field: field.name, op, args: drawOperands(random, holdings, model, field, op) };
}

const numbers = new Set(["Int", "Float", "AWSTimestamp", "Boolean"]);
const isNumeric = (field: DrawnField): boolean => !field.isList && field.kind === "scalar" && numbers.has(field.type);
const isText = (field: DrawnField): boolean =>
  !field.isList && field.kind !== "embedded" && !isNumeric(field) && field.type !== "AWSJSON";

const anyOperators = ["eq", "ne", "in", "notIn"];
const orders = ["lt", "le", "gt", "ge", "between"];
const parts = ["contains", "notContains"];

/** All that the run time takes for the field and the rules speak of. */
function operatorsOf(field: DrawnField): readonly string[] {
  if (isText(field)) return [...anyOperators, ...orders, ...parts, "beginsWith"];
  if (isNumeric(field)) return [...anyOperators, ...orders, ...orders];
  return field.isList || field.type === "AWSJSON" ? [...anyOperators, ...parts, ...parts, "beginsWith"] : anyOperators;
}

function drawOperands(
  random: Random,
  holdings: Holdings,
  model: DrawnModel,
  field: DrawnField,
  op: string,
): readonly unknown[] {
  const one = (): unknown => {
    const held = holdings.all(model.name);
    if (held.length > 0 && random.chance(0.5)) return random.pick(held)[field.name];
    return storedOrNothing(field, drawValue(random, field));
  };
  switch (op) {
    case "in":
    case "notIn":
      return [Array.from({ length: random.int(4) }, () => one() ?? null)];
    case "between": {
      const ends = [one() ?? null, one() ?? null];
      return compareValues(field, canonical(ends[0]), canonical(ends[1])) > 0 ? ends.reverse() : ends;
    }
    case "contains":
    case "notContains":
    case "beginsWith": {
      if (isText(field)) return [someOf(random, String(one() ?? ""))];
      return [
        field.isList ? storedOf({ ...field, isList: false }, drawOne(random, field)) : random.pick([1, "a", null]),
      ];
    }
    default:
      return [one()];
  }
}

function storedOrNothing(field: DrawnField, value: unknown): unknown {
  return value === undefined ? undefined : storedOf(field, value);
}

/** A beginning or another part of a text, cut between code points. */
function someOf(random: Random, text: string): string {
  const points = Array.from(text);
  const from = random.chance(0.5) ? 0 : random.int(points.length + 1);
  return points.slice(from, from + 1 + random.int(4)).join("");
}

export function drawSort(random: Random, holdings: Holdings, model: DrawnModel, mayLead: boolean): DrawnSortKey[] {
  return Array.from({ length: random.int(4) }, () => {
    const isToOne = (relation: DrawnRelation): boolean => relation.kind !== "hasMany";
    const { path, model: at } = mayLead ? drawPath(random, holdings, model, isToOne) : { path: [], model };
    const field = random.pick(at.fields).name;
    return { path, field, direction: random.chance(0.5) ? "ASCENDING" : "DESCENDING" } as const;
  });
}

type Step = Readonly<Record<string, unknown>>;
type Call = (...args: readonly unknown[]) => unknown;

function stepAlong(start: unknown, path: readonly string[]): Step {
  return path.reduce((at, name) => (at as Step)[name], start) as Step;
}

/** The function that an app would write. */
export function predicateFunction(predicate: DrawnPredicate): (p: unknown) => unknown {
  return (p) => {
    const at = stepAlong(p, predicate.path);
    if (predicate.kind === "field") {
      const operators = at[predicate.field] as Readonly<Record<string, Call>>;
      return operators[predicate.op]?.(...predicate.args);
    }
    const group = at[predicate.kind] as Call;
    if (predicate.kind === "not") return group(predicateFunction(predicate.of[0]));
    return group((inner: unknown) => predicate.of.map((part) => predicateFunction(part)(inner)));
  };
}

export function sortFunction(sort: readonly DrawnSortKey[]): (s: unknown) => unknown {
  return (s) => sort.reduce((at, { path, field, direction }) => (stepAlong(at, path)[field] as Call)(direction), s);
}

/** Whether the predicate leads to records of other models. */
export function leadsOn(predicate: DrawnPredicate): boolean {
  return predicate.path.length > 0 || (predicate.kind !== "field" && predicate.of.some(leadsOn));
}

/** A `not` is pushed down to the fields: over a relation it means "some record there that fails it". */
export function holds(
  holdings: Holdings,
  model: DrawnModel,
  predicate: DrawnPredicate,
  values: Values,
  isNegated = false,
): boolean {
  return someAlong(holdings, model, predicate.path, values, (at, found) => {
    switch (predicate.kind) {
      case "field":
        return meets(at, predicate.field, predicate.op, predicate.args, found) !== isNegated;
      case "not":
        return holds(holdings, at, predicate.of[0], found, !isNegated);
      default: {
        const test = (part: DrawnPredicate): boolean => holds(holdings, at, part, found, isNegated);
        return (predicate.kind === "and") !== isNegated ? predicate.of.every(test) : predicate.of.some(test);
      }
    }
  });
}

function someAlong(
  holdings: Holdings,
  model: DrawnModel,
  [relation, ...rest]: readonly string[],
  values: Values,
  test: (model: DrawnModel, values: Values) => boolean,
): boolean {
  if (relation === undefined) return test(model, values);
  const next = modelAt(holdings, relationAt(model, relation).model);
  return relatedTo(holdings, model, relation, values).some((found) => someAlong(holdings, next, rest, found, test));
}

function fieldAt(model: DrawnModel, name: string): DrawnField {
  const field = model.fields.find((one) => one.name === name);
  if (field === undefined) throw new RangeError(`${model.name} has no field ${name}`);
  return field;
}

function meets(model: DrawnModel, name: string, op: string, args: readonly unknown[], values: Values): boolean {
  const field = fieldAt(model, name);
  const held = values[name] ?? null;
  const [first = null, second = null] = args.map(canonical);
  switch (op) {
    case "eq":
      return isSameValue(held, first);
    case "ne":
      return !isSameValue(held, first);
    case "in":
      return (first as readonly JsonValue[]).some((one) => isSameValue(held, one));
    case "notIn":
      return !(first as readonly JsonValue[]).some((one) => isSameValue(held, one));
    case "between":
      return ranges(field, "ge", held, first) && ranges(field, "le", held, second);
    case "contains":
      return containsPart(held, first);
    case "notContains":
      return !containsPart(held, first);
    case "beginsWith":
      return typeof held === "string" && held.startsWith(String(first));
    default:
      return ranges(field, op, held, first);
  }
}

function containsPart(held: JsonValue, part: JsonValue): boolean {
  if (Array.isArray(held)) return held.some((element) => isSameValue(element, part));
  return typeof held === "string" && held.includes(String(part));
}

/** A null number or boolean counts as 0; null text is in no range. */
function ranges(field: DrawnField, op: string, held: JsonValue, bound: JsonValue): boolean {
  if (!isNumeric(field) && (held === null || bound === null)) return false;
  const compared = isNumeric(field) ? Number(held) - Number(bound) : byCodePoint(String(held), String(bound));
  const results: Readonly<Record<string, boolean>> = {
    lt: compared < 0,
    le: compared <= 0,
    gt: compared > 0,
    ge: compared >= 0,
  };
  return results[op] ?? false;
}

function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function isOfJson({ isList, kind, type }: DrawnField): boolean {
  return isList || kind === "embedded" || type === "AWSJSON";
}

/** Null first; numbers by value, text by code point, lists, embedded values and AWSJSON by their text. */
export function compareValues(field: DrawnField, left: JsonValue, right: JsonValue): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (isOfJson(field)) return byCodePoint(JSON.stringify(left), JSON.stringify(right));
  return isNumeric(field) ? Number(left) - Number(right) : byCodePoint(String(left), String(right));
}

/** The values sorted: ties stay as they were. */
export function sorted(
  holdings: Holdings,
  model: DrawnModel,
  sort: readonly DrawnSortKey[],
  found: readonly Values[],
): Values[] {
  return [...found].sort((left, right) => {
    for (const key of sort) {
      const [field, a] = valueAlong(holdings, model, key, left);
      const [, b] = valueAlong(holdings, model, key, right);
      const compared = compareValues(field, a, b);
      if (compared !== 0) return key.direction === "ASCENDING" ? compared : -compared;
    }
    return 0;
  });
}

function valueAlong(
  holdings: Holdings,
  start: DrawnModel,
  { path, field }: DrawnSortKey,
  values: Values,
): readonly [DrawnField, JsonValue] {
  let model = start;
  let at: Values | undefined = values;
  for (const relation of path) {
    at = at === undefined ? undefined : relatedTo(holdings, model, relation, at)[0];
    model = modelAt(holdings, relationAt(model, relation).model);
  }
  return [fieldAt(model, field), at?.[field] ?? null];
}
