/** What `initSchema` takes: a schema description, or the object that Amplify's generated `schema.js` exports. */
import type { SchemaDescription } from "@tributary/schema";
import { describeSchemaJs } from "@tributary/schema/schema-js";

/** Throws a `SchemaError` that lists what is wrong with Amplify's object, a `TypeError` for anything else. */
export function schemaDescriptionOf(input: unknown): SchemaDescription {
  if (typeof input === "object" && input !== null) {
    const given = input as Partial<SchemaDescription>;
    if (Array.isArray(given.models) && typeof given.hash === "string") return given as SchemaDescription;
    if ("models" in input) return describeSchemaJs(input);
  }
  throw new TypeError(
    "initSchema takes Amplify's schema object, or a schema description; make one of SDL with parseSchema of @tributary/schema/sdl",
  );
}
