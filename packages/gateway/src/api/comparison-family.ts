/** How filters compare the values of a field: scalars fall into five families. */
import type { FieldDescription, ScalarName } from "@tributary/schema";

export type ComparisonFamily = "String" | "ID" | "Int" | "Float" | "Boolean";

export function familyOfScalar(name: ScalarName): ComparisonFamily {
  switch (name) {
    case "ID":
    case "Int":
    case "Float":
    case "Boolean":
      return name;
    case "AWSTimestamp":
      return "Int";
    default:
      return "String";
  }
}

/** The family a key field is compared in. */
export function familyOfKey(field: FieldDescription): ComparisonFamily {
  return field.type.kind === "scalar" ? familyOfScalar(field.type.name) : "String";
}
