/** Amplify's `GraphQLScalarType`: the scalars by name, the JavaScript type of each, and a check of a value's form. */
import { isScalarValue, type JsonValue, jsTypeOf } from "@tributary/model";
import type { ScalarName } from "@tributary/schema";

const checkedScalars: ReadonlySet<ScalarName> = new Set([
  "AWSDate",
  "AWSTime",
  "AWSDateTime",
  "AWSTimestamp",
  "AWSEmail",
  "AWSURL",
  "AWSPhone",
  "AWSIPAddress",
  "AWSJSON",
]);

/** The members of an enum have numbers in Amplify; nothing reads them but as members. */
export const GraphQLScalarType = {
  ID: 0,
  String: 1,
  Int: 2,
  Float: 3,
  Boolean: 4,
  AWSDate: 5,
  AWSTime: 6,
  AWSDateTime: 7,
  AWSTimestamp: 8,
  AWSEmail: 9,
  AWSJSON: 10,
  AWSURL: 11,
  AWSPhone: 12,
  AWSIPAddress: 13,
  getJSType(scalar: ScalarName): "string" | "number" | "boolean" | "object" {
    const type = jsTypeOf(scalar);
    return type === "json" ? "object" : type;
  },
  /** Undefined for scalars that take any value of their type. */
  getValidationFunction(scalar: ScalarName): ((value: string | number) => boolean) | undefined {
    if (!checkedScalars.has(scalar)) return undefined;
    const type = jsTypeOf(scalar);
    return (value) => (type === "json" || typeof value === type) && isScalarValue(scalar, value as JsonValue, "app");
  },
} as const;
