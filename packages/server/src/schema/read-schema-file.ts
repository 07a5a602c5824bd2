/** Reads a GraphQL schema file. Whatever is wrong with it is a `StartError` that lists every problem with its place. */
import { readFileSync } from "node:fs";
import { type SchemaDescription, SchemaError } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { errorCode, errorMessage, StartError } from "../start-error.ts";

/** `dialect` is told from the directives when it is null. What this version cannot serve is a problem unless it is allowed. */
export function readSchemaFile(
  file: string,
  dialect: "v1" | "v2" | null,
  options: { readonly allowUnsupported?: boolean } = {},
): SchemaDescription {
  const sdl = readSchemaText(file);
  try {
    return parseSchema(sdl, { file, ...options, ...(dialect === null ? {} : { dialect }) });
  } catch (error) {
    throw schemaFailure(error);
  }
}

/** What to throw where a schema was read: a `StartError` for a `SchemaError`, anything else as it is. */
export function schemaFailure(error: unknown): unknown {
  if (!(error instanceof SchemaError)) return error;
  const count = error.problems.length === 1 ? "a problem" : `${error.problems.length} problems`;
  return new StartError([`the schema has ${count}:`, ...error.message.split("\n")], { cause: error });
}

/** The text of the file that `--schema` names. */
export function readSchemaText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new StartError(`the schema file ${file} does not exist; name it with --schema`, { cause: error });
    }
    if (code === "EISDIR")
      throw new StartError(`${file} is a directory; name a schema file with --schema`, { cause: error });
    throw new StartError(`the schema file ${file} cannot be read (${errorMessage(error)})`, { cause: error });
  }
}
