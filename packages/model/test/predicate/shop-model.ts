/** A model with a field of every type that predicates look at. */
import { type ModelDescription, modelNamed, type SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import type { Values } from "../../src/index.ts";

export const schema: SchemaDescription = parseSchema(`
  enum Extent { SMALL LARGE }
  type Box { width: Int, label: String }
  type Shop @model { id: ID!, name: String, info: AWSJSON, items: [Item] @hasMany, owner: Owner @hasOne }
  type Owner @model { id: ID!, length: Int }
  type Item @model {
    id: ID!
    name: String
    count: Int
    price: Float
    isNew: Boolean
    size: Extent
    data: AWSJSON
    box: Box
    tags: [String]
    marks: [Int]
    constructor: String
    shop: Shop @belongsTo
  }
`);

function existing(name: string): ModelDescription {
  const model = modelNamed(schema, name);
  if (model === undefined) throw new Error(`there is no ${name}`);
  return model;
}

export const item: ModelDescription = existing("Item");
export const shop: ModelDescription = existing("Shop");

export const lamp: Values = {
  id: "i1",
  name: "lamp",
  count: 3,
  price: 1.5,
  isNew: true,
  size: "LARGE",
  data: { a: [1], b: 2 },
  box: { label: "x", width: 5 },
  tags: ["red", "old"],
  marks: [1, 2],
  constructor: "ACME",
};

/** Nothing but an id. */
export const bare: Values = Object.fromEntries(Object.keys(lamp).map((name) => [name, name === "id" ? "i2" : null]));
