import type { Intent, JsonValue, ListEdit, Stamp, Values } from "@tributary/model";
import { createDocument, makeStamp, projectRow } from "@tributary/model";
import { type ModelDescription, modelNamed, type SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";

export const auth = "@auth(rules: [{ allow: public }])";

export const noteSchema: SchemaDescription = parseSchema(`
  type Note @model ${auth} {
    id: ID!
    title: String
    stars: Int
    done: Boolean
    tags: [String]
    room: String @index(name: "byRoom", sortKeyFields: ["stars"])
  }
  type Seat @model ${auth} {
    hall: String! @primaryKey(sortKeyFields: ["row", "seat"])
    row: Int!
    seat: Int!
    guest: String
  }
`);

export function modelOf(schema: SchemaDescription, name: string): ModelDescription {
  const model = modelNamed(schema, name);
  if (model === undefined) throw new Error(`no model ${name}`);
  return model;
}

export const note: ModelDescription = modelOf(noteSchema, "Note");

export function stampAt(ms: number, clientId = 1): Stamp {
  return makeStamp(ms, 0, clientId);
}

/** What creating a record with these values means. */
export function creation(
  model: ModelDescription,
  values: Values,
  ms = 1,
): Extract<Intent, { op: "create" | "update" }> {
  const set: Record<string, JsonValue> = {};
  const lists: Record<string, ListEdit> = {};
  for (const [name, value] of Object.entries(values)) {
    const field = model.fields.find((one) => one.name === name);
    if (field?.crdt === "LIST" && Array.isArray(value)) lists[name] = { base: [], value };
    else set[name] = value;
  }
  return { op: "create", stamp: stampAt(ms), set, lists };
}

/** The document and row that creating a record makes. */
export function created(
  model: ModelDescription,
  values: Values,
  ms = 1,
): {
  readonly document: Uint8Array;
  readonly update: Uint8Array;
  readonly values: Values;
} {
  const { state, update, fold } = createDocument(model, 0, creation(model, values, ms), 1);
  return { document: state, update, values: projectRow(model, [fold], { createdAt: ms, changedAt: ms }) };
}
