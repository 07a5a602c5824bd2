/** An absolute URL. */
import type { GraphQLScalarType } from "graphql";
import { createTextScalar } from "./text-scalar.ts";

export const awsUrl: GraphQLScalarType = createTextScalar({
  name: "AWSURL",
  description: "An absolute URL.",
  example: "https://example.com/path",
  isValid: (text) => !/\s/.test(text) && URL.canParse(text),
});
