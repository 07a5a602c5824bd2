/** Counts records, and measures their fields by groups, in the database. */
import { type JsonValue, jsTypeOf } from "@tributary/model";
import { type FieldDescription, fieldNamed, type ModelDescription } from "@tributary/schema";
import type { Measure } from "@tributary/storage";
import type { RecursiveModelPredicateExtender } from "../amplify/model-predicate.ts";
import { readWhere } from "../criteria.ts";
import { modelIn } from "../models/schema-classes.ts";
import type { RecordContext } from "./record-context.ts";

type FieldName<T> = keyof T & string;

/** What to measure. Fields in `groupBy` hold one value each; `sum` and `avg` take numbers, `min` and `max` numbers and texts. */
export interface AggregateOptions<T extends object> {
  readonly where?: RecursiveModelPredicateExtender<T>;
  /** Records that are alike in these fields are measured together; null is a value like any other. */
  readonly groupBy?: readonly FieldName<T>[];
  readonly sum?: readonly FieldName<T>[];
  readonly avg?: readonly FieldName<T>[];
  readonly min?: readonly FieldName<T>[];
  readonly max?: readonly FieldName<T>[];
}

/** One group. Records in which a measured field is null do not count for it: the sum of none is 0, everything else null. */
export interface Aggregate<T extends object> {
  /** The values of `groupBy`. */
  readonly group: Partial<T>;
  /** Records in the group. */
  readonly count: number;
  readonly sum: { readonly [Field in FieldName<T>]?: number };
  readonly avg: { readonly [Field in FieldName<T>]?: number | null };
  readonly min: { readonly [Field in FieldName<T>]?: T[Field] | null };
  readonly max: { readonly [Field in FieldName<T>]?: T[Field] | null };
}

export async function countRecords(context: RecordContext, modelClass: unknown, criteria: unknown): Promise<number> {
  const schema = context.schema();
  const model = modelIn(schema, modelClass);
  const where = readWhere(schema, model, criteria);
  return context.use(({ reader }) => reader.count(model.name, where));
}

/** Groups ascending by their values; one group of all records without `groupBy`. */
export async function aggregateRecords(
  context: RecordContext,
  modelClass: unknown,
  options: AggregateOptions<Record<string, unknown>> = {},
): Promise<Aggregate<Record<string, unknown>>[]> {
  const schema = context.schema();
  const model = modelIn(schema, modelClass);
  const where = readWhere(schema, model, options.where);
  const groupBy = options.groupBy ?? [];
  for (const name of groupBy) assertField(model, name, "groupBy", isSingle);
  const wanted = (["sum", "avg", "min", "max"] as const).flatMap((op) =>
    (options[op] ?? []).map((column): FieldMeasure => {
      assertField(model, column, op, op === "min" || op === "max" ? isOrdered : isNumber);
      return { op, column };
    }),
  );
  const measures: Measure[] = [{ op: "count", column: null }, ...wanted];
  const rows = await context.use(({ reader }) => reader.aggregate({ model: model.name, where, groupBy, measures }));
  return rows.map((row) => aggregateOf(groupBy, wanted, row));
}

interface FieldMeasure {
  readonly op: "sum" | "avg" | "min" | "max";
  readonly column: string;
}

function aggregateOf(
  groupBy: readonly string[],
  wanted: readonly FieldMeasure[],
  row: readonly JsonValue[],
): Aggregate<Record<string, unknown>> {
  const group = Object.fromEntries(groupBy.map((name, i) => [name, row[i] ?? null]));
  const measured = row.slice(groupBy.length + 1);
  const of = (op: FieldMeasure["op"]): Record<string, JsonValue> =>
    Object.fromEntries(wanted.flatMap((one, i) => (one.op === op ? [[one.column, measured[i] ?? null]] : [])));
  return {
    group,
    count: Number(row[groupBy.length]),
    sum: of("sum") as Record<string, number>,
    avg: of("avg") as Record<string, number | null>,
    min: of("min"),
    max: of("max"),
  };
}

function assertField(
  model: ModelDescription,
  name: string,
  purpose: string,
  fits: (field: FieldDescription) => boolean,
): void {
  const field = fieldNamed(model, name);
  if (field === undefined || field.relation !== null) {
    throw new TypeError(`Invalid field for model. field: ${name}, model: ${model.name}`);
  }
  if (!fits(field)) {
    const kinds =
      purpose === "groupBy"
        ? "single scalars and enums"
        : purpose === "min" || purpose === "max"
          ? "numbers and texts"
          : "numbers";
    throw new TypeError(`${purpose} takes ${kinds}: ${model.name}.${name} is none`);
  }
}

function isSingle({ type, isList }: FieldDescription): boolean {
  return !isList && (type.kind === "enum" || (type.kind === "scalar" && type.name !== "AWSJSON"));
}

function isNumber(field: FieldDescription): boolean {
  return isSingle(field) && field.type.kind === "scalar" && jsTypeOf(field.type.name) === "number";
}

function isOrdered(field: FieldDescription): boolean {
  return isSingle(field) && field.type.name !== "Boolean";
}
