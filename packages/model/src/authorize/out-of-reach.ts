/** What of a schema none of those who may come can do anything with: rules that are read, and let nobody in. */
import { type AuthRule, type ModelDescription, ruledFields, type SchemaDescription } from "@tributary/schema";
import type { Identity } from "../identity.ts";
import { type AuthorizeOptions, authorize, type Operation } from "./authorize.ts";

export interface OutOfReach {
  /** A model, or a field with rules of its own: `Note`, `Note.text`. */
  readonly name: string;
  /** The rules that let none of them in; none where a model has none. */
  readonly rules: readonly AuthRule[];
}

const waysOfReading: readonly Operation[] = ["get", "list", "listen"];
const waysOfWriting: readonly Operation[] = ["create", "update", "delete"];

/** In order of models and fields; the fields of a model that is out of reach itself are not named. */
export function outOfReach(
  schema: SchemaDescription,
  identities: readonly Identity[],
  options: AuthorizeOptions,
): readonly OutOfReach[] {
  return schema.models.flatMap((model) => {
    const canDo = (operations: readonly Operation[], written: readonly string[]): boolean =>
      identities.some((identity) => operations.some((operation) => may(model, identity, operation, written, options)));
    const isReadable = canDo(waysOfReading, []);
    if (!isReadable && !canDo(waysOfWriting, [])) return [{ name: model.name, rules: model.auth }];
    // Whoever reads a model reads its fields: a field of other readers than its model is not served.
    if (isReadable) return [];
    return ruledFields(model)
      .filter((field) => !canDo(waysOfWriting, [field.name]))
      .map((field) => ({ name: `${model.name}.${field.name}`, rules: field.auth }));
  });
}

function may(
  model: ModelDescription,
  identity: Identity,
  operation: Operation,
  written: readonly string[],
  options: AuthorizeOptions,
): boolean {
  return authorize(model, identity, operation, { before: null, after: null, written }, options).allowed;
}
