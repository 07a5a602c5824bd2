/**
 * A number of seconds since 1970. The metadata fields of this type hold milliseconds, as existing clients expect, so it is
 * wider than an Int.
 */
import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import { show } from "./text-scalar.ts";

export const awsTimestamp: GraphQLScalarType<number, number> = new GraphQLScalarType<number, number>({
  name: "AWSTimestamp",
  description: "An integer: seconds since 1970. `_lastChangedAt`, `startedAt` and `lastSync` hold milliseconds.",
  serialize: (value) => parse(value),
  parseValue: parse,
  parseLiteral(node) {
    if (node.kind === Kind.INT) return parse(Number(node.value));
    throw new GraphQLError("AWSTimestamp is written as an integer, like 1700000000", { nodes: node });
  },
});

function parse(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw new GraphQLError(`AWSTimestamp cannot be ${show(value)}; write an integer, like 1700000000`);
}
