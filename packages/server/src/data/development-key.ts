/** The API key of a development server: made once, kept in the data directory, so that apps under development keep it. */
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { errorCode, errorMessage, StartError } from "../start-error.ts";
import type { DataDirectory } from "./data-directory.ts";

export function developmentKey(directory: DataDirectory): string {
  const file = directory.developmentKeyFile;
  const stored = readKey(file);
  if (stored !== undefined) return stored;
  const key = `dev-${randomBytes(16).toString("hex")}`;
  try {
    writeFileSync(file, `${key}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new StartError(`the development key cannot be kept in ${file} (${errorMessage(error)})`, { cause: error });
  }
  return key;
}

function readKey(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw new StartError(`the development key in ${file} cannot be read (${errorMessage(error)})`, { cause: error });
  }
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new StartError(`the development key in ${file} is no key; delete the file and a new one is made`);
}
