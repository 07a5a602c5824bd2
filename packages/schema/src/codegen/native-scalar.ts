/** What a scalar is in TypeScript. */
import { isScalarName } from "../scalar-names.ts";

/** Undefined for what is no scalar. AWSJSON is a string to Amplify's types, although its DataStore reads it parsed. */
export function nativeScalar(typeName: string): "string" | "number" | "boolean" | undefined {
  if (!isScalarName(typeName)) return undefined;
  if (typeName === "Boolean") return "boolean";
  return typeName === "Int" || typeName === "Float" || typeName === "AWSTimestamp" ? "number" : "string";
}
