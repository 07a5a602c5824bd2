/** An e-mail address. */
import type { GraphQLScalarType } from "graphql";
import { createTextScalar } from "./text-scalar.ts";

const ADDRESS = /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$/;

export const awsEmail: GraphQLScalarType = createTextScalar({
  name: "AWSEmail",
  description: "An e-mail address: `local-part@domain-part`.",
  example: "somebody@example.com",
  isValid: (text) => text.length <= 254 && ADDRESS.test(text),
});
