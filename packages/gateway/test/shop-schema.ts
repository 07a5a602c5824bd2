import type { SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";

/** Models with a default key, with a key of three parts, and closed ones; every kind of field that is served. */
export const shopSchema: SchemaDescription = parseSchema(`
  type Task @model @auth(rules: [{ allow: public }]) {
    title: String!
    stars: Int
    weight: Float
    done: Boolean
    due: AWSDateTime
    state: State
    tags: [String]
    address: Address
    data: AWSJSON
    boardId: ID @index(name: "byBoard", sortKeyFields: ["stars"])
  }
  type Order @model @auth(rules: [{ allow: public }]) {
    customer: ID! @primaryKey(sortKeyFields: ["placedOn", "number"])
    placedOn: AWSDate!
    number: Int!
    note: String
  }
  type Secret @model {
    text: String!
  }
  type Address {
    street: String!
    lines: [String!]
  }
  enum State {
    OPEN
    DONE
  }
`);
