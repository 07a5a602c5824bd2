/**
 * Model files of a schema: what an app of Amplify's DataStore keeps in its models folder.
 *
 * The `javascript` and `introspection` targets write what Amplify's published generator writes for the same schema, the
 * `typescript` target one module that holds all of it. Nothing is read or written here but text.
 */
import { type DocumentNode, parse } from "graphql";
import { parseSchema } from "../sdl/parse-schema.ts";
import type { Blueprint, BlueprintUse } from "./blueprint.ts";
import { declarations } from "./declarations.ts";
import { indexModule } from "./index-module.ts";
import { introspectionObject } from "./introspection-object.ts";
import { readBlueprint } from "./read-blueprint.ts";
import { schemaObject } from "./schema-object.ts";
import { typeScriptModule } from "./type-script-module.ts";
import { versionDigest } from "./version-digest.ts";

export type ModelTarget = "javascript" | "typescript" | "introspection";

export const modelTargets: readonly ModelTarget[] = ["javascript", "typescript", "introspection"];

export interface GenerateOptions {
  /** Name of the file in errors; `schema.graphql` unless given. */
  readonly file?: string;
  /** The dialect the document must be in; told from its directives unless given. */
  readonly dialect?: "v1" | "v2";
  /** The package that the files import the datastore from. Default `@aws-amplify/datastore`, which an app may alias. */
  readonly datastore?: string;
}

/** One file to write. */
export interface GeneratedFile {
  /** Its name in the models folder. */
  readonly name: string;
  readonly text: string;
}

/** The model files of an SDL document. Throws a `SchemaError` that lists everything wrong with it. */
export function generateModels(
  sdl: string,
  target: ModelTarget,
  options: GenerateOptions = {},
): readonly GeneratedFile[] {
  if (target === "introspection") {
    const text = JSON.stringify(introspectionObject(blueprintOf(sdl, "introspection", options)), null, 4);
    return [{ name: "model-introspection.json", text: `${text}\n` }];
  }
  const blueprint = blueprintOf(sdl, "models", options);
  const datastore = options.datastore ?? "@aws-amplify/datastore";
  if (target === "typescript") return [{ name: "models.ts", text: `${typeScriptModule(blueprint, datastore)}\n` }];
  return [
    { name: "index.js", text: `${indexModule(blueprint, datastore)}\n` },
    { name: "index.d.ts", text: `${declarations(blueprint, datastore)}\n` },
    { name: "schema.js", text: `export const schema = ${JSON.stringify(schemaObject(blueprint), null, 4)};\n` },
    { name: "schema.d.ts", text: schemaDeclaration(datastore) },
  ];
}

/**
 * Amplify's digest of an SDL document, the `version` of its model files. Throws a `SchemaError` that lists everything wrong with
 * the document.
 */
export function amplifyVersion(sdl: string, options: GenerateOptions = {}): string {
  return versionDigest(blueprintOf(sdl, "models", options));
}

function schemaDeclaration(datastore: string): string {
  return `import { Schema } from '${datastore}';\n\nexport declare const schema: Schema;\n`;
}

function blueprintOf(sdl: string, use: BlueprintUse, { datastore: _, ...options }: GenerateOptions): Blueprint {
  const { dialect } = parseSchema(sdl, { ...options, allowUnsupported: true });
  const document: DocumentNode = parse(sdl);
  return readBlueprint(document, dialect, use);
}
