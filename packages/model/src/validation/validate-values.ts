import type { ModelDescription, SchemaDescription } from "@tributary/schema";
import type { Values } from "../json-value.ts";
export interface ValueProblem {
  readonly field: string;
  readonly message: string;
}
export function validateValues(
  _schema: SchemaDescription,
  _model: ModelDescription,
  _values: Values,
  _options: { readonly complete: boolean },
): ValueProblem[] {
  return [];
}
