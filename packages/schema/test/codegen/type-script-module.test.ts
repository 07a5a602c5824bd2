import { generateModels } from "@tributary/schema/codegen";
import { expect, it } from "vitest";

const sdl = `
type Shelf @model {
  code: String! @primaryKey(sortKeyFields: ["row"])
  row: Int!
  books: [Book] @hasMany
}
type Book @model(timestamps: null) {
  title: String!
  tags: [String]
  mood: Mood
  size: Size!
  shelf: Shelf @belongsTo
}
type Size { pages: Int! cover: [Mood!] }
enum Mood { happy sad }
`;

it("SCHEMA-74: the TypeScript target is one module", () => {
  const [file, ...others] = generateModels(sdl, "typescript");
  expect([file?.name, others]).toEqual(["models.ts", []]);
  const [code = "", schema = "", classes = ""] = (file?.text ?? "").split(
    /(export const schema: Schema = [\s\S]*?\n};\n)/,
  );
  expect(code).toBe(`// Written by \`tributary codegen models\`. Change the schema and run it again.

import {
  type AsyncCollection,
  type AsyncItem,
  type CompositeIdentifier,
  type ManagedIdentifier,
  type NonModelTypeConstructor,
  type PersistentModelConstructor,
  type Schema,
  type __modelMeta__,
  initSchema,
} from "@aws-amplify/datastore";

export const Mood = {
  HAPPY: "happy",
  SAD: "sad",
} as const;
export type Mood = (typeof Mood)[keyof typeof Mood];

export interface Size {
  readonly pages: number;
  readonly cover?: readonly Mood[] | null;
}

export interface Shelf {
  readonly [__modelMeta__]: {
    identifier: CompositeIdentifier<Shelf, ["code", "row"]>;
    readOnlyFields: "createdAt" | "updatedAt";
  };
  readonly code: string;
  readonly row: number;
  readonly books: AsyncCollection<Book>;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

export interface Book {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Book, "id">;
  };
  readonly id: string;
  readonly title: string;
  readonly tags?: readonly (string | null)[] | null;
  readonly mood?: Mood | null;
  readonly size: Size;
  readonly shelf: AsyncItem<Shelf | undefined>;
  readonly shelfBooksCode?: string | null;
  readonly shelfBooksRow?: number | null;
}

`);
  const exported = generateModels(sdl, "javascript").find(({ name }) => name === "schema.js")?.text ?? "";
  const objectIn = (text: string): unknown => JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
  expect(objectIn(schema)).toEqual(objectIn(exported));
  expect(classes).toBe(`
export const { Shelf, Book, Size } = initSchema(schema) as {
  Shelf: PersistentModelConstructor<Shelf>;
  Book: PersistentModelConstructor<Book>;
  Size: NonModelTypeConstructor<Size>;
};
`);
});
