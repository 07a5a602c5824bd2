/** A point in time. */
import type { GraphQLScalarType } from "graphql";
import { isDate, isTime, splitZone } from "./calendar.ts";
import { createTextScalar } from "./text-scalar.ts";

export const awsDateTime: GraphQLScalarType = createTextScalar({
  name: "AWSDateTime",
  description: "A point in time: `YYYY-MM-DDThh:mm:ss` or `.sss` with it, and an offset or `Z`, which must be there.",
  example: "2024-02-29T12:30:00.000Z",
  isValid(text) {
    const zone = splitZone(text);
    if (zone === null || !zone.hasZone || zone.text[10] !== "T") return false;
    return isDate(zone.text.slice(0, 10)) && isTime(zone.text.slice(11));
  },
});
