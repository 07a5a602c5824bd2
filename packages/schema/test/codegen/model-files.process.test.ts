/** The model files compile under strict settings, and their types hold apps to what the schema says. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { generateModels } from "@tributary/schema/codegen";
import { afterAll, beforeAll, expect, test } from "vitest";
import { amplifyFixtures } from "./amplify-fixtures.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tributary-models-"));
  write(
    "node_modules/@aws-amplify/datastore/package.json",
    '{ "name": "@aws-amplify/datastore", "types": "index.d.ts" }',
  );
  write("node_modules/@aws-amplify/datastore/index.d.ts", datastoreTypes);
  write("tsconfig.json", JSON.stringify({ compilerOptions, include: ["**/*"] }));
  for (const { name, sdl } of amplifyFixtures) {
    for (const file of generateModels(sdl, "typescript")) write(`${name}/${file.name}`, file.text);
    for (const file of generateModels(sdl, "javascript")) write(`javascript/${name}/${file.name}`, file.text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compilerOptions = {
  strict: true,
  noEmit: true,
  module: "esnext",
  moduleResolution: "bundler",
  target: "es2023",
  types: [],
  verbatimModuleSyntax: true,
  isolatedModules: true,
  erasableSyntaxOnly: true,
  exactOptionalPropertyTypes: true,
};

/** As much of the types of Amplify's DataStore as model files use. */
const datastoreTypes = `
export declare const __modelMeta__: unique symbol;
export interface Identifier<T, K> { readonly of: T; readonly fields: K }
export type ManagedIdentifier<T, K extends keyof T> = Identifier<T, K>;
export type OptionallyManagedIdentifier<T, K extends keyof T> = Identifier<T, K>;
export type CustomIdentifier<T, K extends keyof T> = Identifier<T, K>;
export type CompositeIdentifier<T, K extends readonly (keyof T)[]> = Identifier<T, K>;
export interface AsyncCollection<T> { toArray(): Promise<T[]> }
export type AsyncItem<T> = Promise<T>;
export interface LazyLoading {}
export interface LazyLoadingDisabled { disabled: true }
type ReadOnly<T> = T extends { [__modelMeta__]: { readOnlyFields: infer R extends string } } ? R : never;
type Meta = { readOnlyFields: string };
export type ModelInit<T, M extends Meta = never> = Omit<T, typeof __modelMeta__ | "id" | ([M] extends [never] ? ReadOnly<T> : M["readOnlyFields"])>;
export type MutableModel<T, M extends Meta = never> = { -readonly [K in keyof ModelInit<T, M>]: ModelInit<T, M>[K] };
export interface PersistentModelConstructor<T> {
  new (init: ModelInit<T>): T;
  copyOf(source: T, mutator: (draft: MutableModel<T>) => MutableModel<T> | void): T;
}
export interface NonModelTypeConstructor<T> { new (init: T): T }
interface SchemaField { name: string; isArray: boolean; type: string | { enum: string } | { model: string } | { nonModel: string }; isRequired?: boolean }
interface SchemaType { name: string; fields: Record<string, SchemaField & Record<string, unknown>> }
export interface Schema {
  models: Record<string, SchemaType & { pluralName: string; syncable?: boolean; attributes?: { type: string; properties?: Record<string, unknown> }[] }>;
  nonModels: Record<string, SchemaType>;
  enums: Record<string, { name: string; values: string[] }>;
  version: string;
  codegenVersion: string;
}
export declare function initSchema(schema: Schema): Record<string, PersistentModelConstructor<any> | NonModelTypeConstructor<any>>;
`;

function write(name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** What the compiler says; empty when it has nothing to say. */
function compile(): string {
  const tsc = path.join(path.dirname(fileURLToPath(import.meta.resolve("typescript/package.json"))), "bin/tsc");
  try {
    return execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
  } catch (error) {
    return String((error as { stdout: unknown }).stdout);
  }
}

test("SCHEMA-74 every module compiles", () => {
  expect(compile()).toBe("");
});

test("SCHEMA-74 types hold apps to the schema", () => {
  write(
    "app.ts",
    `import { Bag, Box, Kind } from "./v2/scalars/models";
import { Post } from "./v2/blog/models";
import { Post as JavaScriptPost } from "./javascript/v2/blog/index";
export async function app() {
  const post = new Post({ title: "a", blog: Promise.resolve(undefined), comments: { toArray: async () => [] } });
  const content: string | undefined = (await post.comments.toArray())[0]?.content;
  const changed: string = Post.copyOf(post, (draft) => { draft.title = "b"; }).title;
  const strictKind: "SMALL" | "LARGE" = new Bag({
    there: [null], strict: ["a"], strictKinds: [Kind.SMALL], strictBoxes: [], strictKind: "LARGE",
    strictBox: new Box({ width: 1, kind: "SMALL" }),
  }).strictKind;
  const title: string = JavaScriptPost.copyOf({} as JavaScriptPost, () => {}).title;
  return [content, changed, strictKind, title];
}
`,
  );
  expect(compile()).toBe("");
  write(
    "app.ts",
    `import { Kind } from "./v2/scalars/models";
import { Post } from "./v2/blog/models";
export const nameless = new Post({});
export const kind: Kind = "HUGE";
export function retitle(post: Post) { post.title = "b"; }
`,
  );
  expect(compile().match(/app\.ts\(\d+/g)).toEqual(["app.ts(3", "app.ts(4", "app.ts(5"]);
});
