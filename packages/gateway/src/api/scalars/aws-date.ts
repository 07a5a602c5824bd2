/** A day, with or without a time zone. */
import type { GraphQLScalarType } from "graphql";
import { isDate, splitZone } from "./calendar.ts";
import { createTextScalar } from "./text-scalar.ts";

export const awsDate: GraphQLScalarType = createTextScalar({
  name: "AWSDate",
  description: "A day: `YYYY-MM-DD`, with an offset behind it if wanted.",
  example: "2024-02-29",
  isValid(text) {
    // The last part of a date without an offset looks like the start of one: `-29`. Offsets have a colon.
    const zone = text.length > 10 ? splitZone(text) : { text };
    return zone !== null && isDate(zone.text);
  },
});
