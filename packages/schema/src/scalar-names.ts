/** The scalars of the schema language: GraphQL's own and AppSync's. */
import type { ScalarName } from "./description.ts";

/** All scalars, GraphQL's own first. */
export const scalarNames: readonly ScalarName[] = [
  "ID",
  "String",
  "Int",
  "Float",
  "Boolean",
  "AWSDate",
  "AWSTime",
  "AWSDateTime",
  "AWSTimestamp",
  "AWSEmail",
  "AWSJSON",
  "AWSURL",
  "AWSPhone",
  "AWSIPAddress",
];

export function isScalarName(name: string): name is ScalarName {
  return scalarNames.some((scalar) => scalar === name);
}
