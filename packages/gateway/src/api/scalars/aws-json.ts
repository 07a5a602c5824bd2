/** Any JSON value. Text that holds JSON on the wire, in both directions; the value itself in the store. */
import type { JsonValue } from "@tributary/model";
import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import { readJson } from "../../json.ts";
import { show } from "./text-scalar.ts";

export const awsJson: GraphQLScalarType<JsonValue, string> = new GraphQLScalarType<JsonValue, string>({
  name: "AWSJSON",
  description: "A string that holds JSON.",
  serialize: (value) => JSON.stringify(value),
  parseValue: parse,
  parseLiteral(node) {
    if (node.kind === Kind.STRING) return parse(node.value);
    throw new GraphQLError(`AWSJSON is written as a string that holds JSON, like "{\\"a\\":1}"`, { nodes: node });
  },
});

function parse(value: unknown): JsonValue {
  if (typeof value !== "string") {
    throw new GraphQLError(`AWSJSON cannot be ${show(value)}; write a string that holds JSON, like "{\\"a\\":1}"`);
  }
  const read = readJson(value);
  if (read.outcome === "read") return read.value;
  throw new GraphQLError(`AWSJSON cannot be ${show(value)}: ${read.reason}`);
}
