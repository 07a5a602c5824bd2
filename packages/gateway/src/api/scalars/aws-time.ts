/** A time of day, with or without a time zone. */
import type { GraphQLScalarType } from "graphql";
import { isTime, splitZone } from "./calendar.ts";
import { createTextScalar } from "./text-scalar.ts";

export const awsTime: GraphQLScalarType = createTextScalar({
  name: "AWSTime",
  description: "A time of day: `hh:mm:ss` or `hh:mm:ss.sss`, with an offset behind it if wanted.",
  example: "12:30:00.000Z",
  isValid(text) {
    const zone = splitZone(text);
    return zone !== null && isTime(zone.text);
  },
});
