/** A telephone number. */
import type { GraphQLScalarType } from "graphql";
import { createTextScalar } from "./text-scalar.ts";

const NUMBER = /^\+?\d[\d\s-]+$/;

export const awsPhone: GraphQLScalarType = createTextScalar({
  name: "AWSPhone",
  description: "A telephone number: digits, with spaces and hyphens between them and a plus in front if wanted.",
  example: "+441234567890",
  isValid: (text) => text.length <= 40 && NUMBER.test(text),
});
