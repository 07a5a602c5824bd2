/** Short ways to read SDL in tests. */
import { readFileSync } from "node:fs";
import type { FieldDescription, ModelDescription, SchemaDescription } from "@tributary/schema";
import { fieldNamed, modelNamed, SchemaError } from "@tributary/schema";
import { type ParseOptions, parseSchema } from "@tributary/schema/sdl";

/** The lines of the error that `sdl` is refused with, without the file name; fails when it is accepted. */
export function problemsOf(sdl: string, options: ParseOptions = {}): readonly string[] {
  try {
    parseSchema(sdl, options);
  } catch (error) {
    if (error instanceof SchemaError)
      return error.message.split("\n").map((line) => line.replace(`${error.file}:`, ""));
    throw error;
  }
  throw new Error("The schema was accepted.");
}

/** The model of this name in `sdl`, what this version cannot keep included. */
export function modelOf(sdl: string, name: string, options: ParseOptions = {}): ModelDescription {
  return existing(modelNamed(read(sdl, options), name), name);
}

/** The field `Model.field` in `sdl`, what this version cannot keep included. */
export function fieldOf(sdl: string, path: string, options: ParseOptions = {}): FieldDescription {
  const [model = "", field = ""] = path.split(".");
  return existing(fieldNamed(modelOf(sdl, model, options), field), path);
}

export function read(sdl: string, options: ParseOptions = {}): SchemaDescription {
  return parseSchema(sdl, { allowUnsupported: true, ...options });
}

/** The fields of a model as one would write them: `tags: [String!]`. Implied ones end in `*`, read-only ones in `**`. */
export function spelledFields(model: ModelDescription): readonly string[] {
  return model.fields.map((field) => {
    const element = `${field.type.name}${field.isElementRequired ? "!" : ""}`;
    const type = `${field.isList ? `[${element}]` : field.type.name}${field.isRequired ? "!" : ""}`;
    return `${field.name}: ${type}${field.isReadOnly ? "**" : field.isImplied ? "*" : ""}`;
  });
}

export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");
}

function existing<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`There is no ${name}.`);
  return value;
}
