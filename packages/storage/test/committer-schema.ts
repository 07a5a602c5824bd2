import type { SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { auth } from "./note-schema.ts";

/** The schema that `relay-committer.mjs` writes under. */
export const schemaOfCommitter: SchemaDescription = parseSchema(`type Note @model ${auth} { id: ID! stars: Int }`);
