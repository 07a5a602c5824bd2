/** The values a mutation writes: what its input gives, and what the API fills in. */
import type { JsonValue } from "@tributary/model";
import type { FieldDescription, ModelDescription } from "@tributary/schema";
import type { WriteOperation } from "../api/root-operation.ts";
import { isDrawnId, writableFields } from "../api/write-inputs.ts";
import { isJson } from "../json.ts";
import type { Arguments } from "./arguments.ts";

export type MutableValues = Record<string, JsonValue>;

/** Fields that the input leaves out stay out, but for the defaults of a creation. */
export function writeValues(
  model: ModelDescription,
  operation: WriteOperation,
  input: Arguments,
  newId: () => string,
): MutableValues {
  const values: MutableValues = {};
  for (const field of writableFields(model, operation)) {
    const given = input[field.name];
    if (isJson(given)) values[field.name] = given;
    else if (operation === "create") fillIn(values, model, field, newId);
  }
  return values;
}

/** Whether an update has anything to write but the key. */
export function writesFields(model: ModelDescription, values: MutableValues): boolean {
  return Object.keys(values).some((name) => !model.primaryKey.includes(name));
}

function fillIn(values: MutableValues, model: ModelDescription, field: FieldDescription, newId: () => string): void {
  if (isJson(field.defaultValue)) values[field.name] = field.defaultValue;
  else if (model.primaryKey.includes(field.name) && isDrawnId(field)) values[field.name] = newId();
}
