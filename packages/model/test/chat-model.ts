/** The models that the tests write, and short ways to write them. */
import { type ModelDescription, modelNamed, type SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { openDocument } from "../src/document/document-state.ts";
import { registersOf } from "../src/document/registers.ts";
import { readEntries } from "../src/document/write-entry.ts";
import type { DocumentState, Intent, JsonValue, ListEdit, Stamp, Values } from "../src/index.ts";
import { makeStamp } from "../src/index.ts";

export const schema: SchemaDescription = parseSchema(
  `
  type Message @model @auth(rules: [{ allow: owner }]) {
    id: ID!
    title: String
    body: String
    likes: Int
    data: AWSJSON
    tags: [String]
    marks: [Int]
    secret: String @auth(rules: [{ allow: groups, groups: ["admin"] }])
  }
  type Place @model(timestamps: null) {
    country: String! @primaryKey(sortKeyFields: ["number"])
    number: Int!
    name: String
  }
  type Flag @model { isSet: Boolean! @primaryKey }
  `,
  { allowUnsupported: true },
);

export const message: ModelDescription = existingModel("Message");
export const place: ModelDescription = existingModel("Place");
export const flag: ModelDescription = existingModel("Flag");

/** A client id of the size real ones have. */
export const ALICE = 0x0f_1234_5678_9abc;
export const BOB = 0x1e_1234_5678_9abc;

/** The stamp of a minute of the first day of 2026. */
export function at(minute: number, clientId: number = ALICE, counter = 0): Stamp {
  return makeStamp(NEW_YEAR + minute * 60_000, counter, clientId);
}

export const NEW_YEAR = Date.UTC(2026, 0, 1);

export function create(stamp: Stamp, set: Values, lists: { [field: string]: readonly JsonValue[] } = {}): Intent {
  const edits = Object.entries(lists).map(([field, value]): [string, ListEdit] => [field, { base: [], value }]);
  return { op: "create", stamp, set: { id: "m1", ...set }, lists: Object.fromEntries(edits) };
}

export function update(stamp: Stamp, set: Values, lists: { [field: string]: ListEdit } = {}): Intent {
  return { op: "update", stamp, set, lists };
}

export function existingModel(name: string): ModelDescription {
  const model = modelNamed(schema, name);
  if (model === undefined) throw new Error(`there is no ${name}`);
  return model;
}

/** The winning stamp of each register that a document holds, `_deleted` included. */
export function stampsOf(state: DocumentState): { readonly [field: string]: Stamp } {
  return Object.fromEntries(
    [...registersOf(readEntries(openDocument(state)))].map(([name, { stamp }]) => [name, stamp]),
  );
}
