/**
 * Reads a config file: .json as data, .mjs and .js as modules whose default export is the config, .ts transpiled first by a
 * library that is loaded for nothing else.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { errorCode, errorMessage, StartError } from "../start-error.ts";
import { isObject } from "./reading.ts";

export async function readConfigFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = readText(file);
  switch (path.extname(file)) {
    case ".json":
      return assertObject(parseJson(file, text), `${file} must hold a JSON object`);
    case ".js":
    case ".mjs":
      return defaultExport(file, () => import(pathToFileURL(path.resolve(file)).href));
    case ".ts":
    case ".mts": {
      const { importTypeScript } = await import("./import-type-script.ts");
      return defaultExport(file, () => importTypeScript(file));
    }
    default:
      throw new StartError(`the config file ${file} is of no known kind; it ends in .ts, .mjs, .js or .json`);
  }
}

/** Where a path leads that a config file names: it is relative to the file. */
export function pathBeside(configFile: string, given: string): string {
  return path.relative("", path.resolve(path.dirname(configFile), given)) || ".";
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      throw new StartError(`the config file ${file} does not exist; correct the path after --config`, { cause: error });
    }
    throw new StartError(`the config file ${file} cannot be read (${errorMessage(error)})`, { cause: error });
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StartError(`the config file ${file} is not valid JSON (${errorMessage(error)})`, { cause: error });
  }
}

async function defaultExport(file: string, load: () => Promise<unknown>): Promise<Readonly<Record<string, unknown>>> {
  let module: unknown;
  try {
    module = await load();
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`the config file ${file} failed to load (${errorMessage(error)})`, { cause: error });
  }
  const exported = typeof module === "object" && module !== null && "default" in module ? module.default : undefined;
  return assertObject(exported, `the config file ${file} must export an object: export default { … }`);
}

function assertObject(value: unknown, otherwise: string): Readonly<Record<string, unknown>> {
  if (isObject(value)) return { ...value };
  throw new StartError(otherwise);
}
