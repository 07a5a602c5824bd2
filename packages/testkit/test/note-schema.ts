import type { SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";

/** The model that cluster tests write: registers, a list, a foreign key, an index. */
export const noteSchema: SchemaDescription = parseSchema(`
  type Note @model @auth(rules: [{ allow: public }]) {
    id: ID! @primaryKey
    title: String!
    body: String
    stars: Int
    done: Boolean
    tags: [String]
    folderId: ID @index(name: "byFolder", sortKeyFields: ["title"])
  }
  type Folder @model @auth(rules: [{ allow: public }]) {
    id: ID!
    name: String!
  }
`);
