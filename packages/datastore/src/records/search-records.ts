/** Finds records by the words of their texts. */
import { fieldNamed } from "@tributary/schema";
import { searchableFields } from "@tributary/storage";
import type { RecursiveModelPredicateExtender } from "../amplify/model-predicate.ts";
import { readWhere } from "../criteria.ts";
import type { PersistentModel } from "../models/instance.ts";
import { modelIn } from "../models/schema-classes.ts";
import type { RecordContext } from "./record-context.ts";

export interface SearchOptions<T extends object> {
  /** Text fields to look into. Default all fields of type String but the key's. */
  readonly fields?: readonly (keyof T & string)[];
  readonly where?: RecursiveModelPredicateExtender<T>;
  /** Most records to answer. Default 100. */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 100;

/** The best first. A text without words finds nothing. */
export async function searchRecords(
  context: RecordContext,
  modelClass: unknown,
  text: unknown,
  options: SearchOptions<Record<string, unknown>> = {},
): Promise<PersistentModel[]> {
  const schema = context.schema();
  const model = modelIn(schema, modelClass);
  if (typeof text !== "string") throw new TypeError(`search takes a text, ${typeof text} received`);
  const { limit = DEFAULT_LIMIT } = options;
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new RangeError(`Limit is a whole number of 1 or more, ${limit} received`);
  const known = searchableFields(model);
  const fields = options.fields ?? known;
  for (const name of fields) {
    if (known.includes(name)) continue;
    if (fieldNamed(model, name) === undefined) {
      throw new TypeError(`Invalid field for model. field: ${name}, model: ${model.name}`);
    }
    throw new TypeError(`search looks into fields of type String: ${model.name}.${name} is none`);
  }
  if (known.length === 0) throw new TypeError(`${model.name} has no field of type String to search`);
  const where = readWhere(schema, model, options.where);
  return context.use(async ({ reader }) => {
    const found = await reader.search({ model: model.name, where, fields, text, limit });
    return found.map((record) => context.toInstance(model, record));
  });
}
