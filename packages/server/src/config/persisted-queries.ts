/** The setting `persistedQueries`: whether requests may name documents by their hash, or must be for one out of a file. */
import { readFileSync } from "node:fs";
import type { PersistedQueries } from "@tributary/gateway";
import { errorMessage } from "../start-error.ts";
import { pathBeside } from "./read-config-file.ts";
import { isObject, type Reading, shown } from "./reading.ts";

export function readPersistedQueries(given: unknown, configFile: string): Reading<PersistedQueries> {
  if (given === "automatic" || given === "off") return { value: given };
  if (!isObject(given) || typeof given.only !== "string" || Object.keys(given).length > 1) {
    return { problem: `is automatic, off, or { only: a file }, not ${shown(given)}` };
  }
  const file = pathBeside(configFile, given.only);
  const read = readDocuments(file);
  return "problem" in read ? { problem: `names ${file}, which ${read.problem}` } : { value: { only: read.value } };
}

function readDocuments(file: string): Reading<ReadonlyMap<string, string>> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return { problem: `cannot be read: ${errorMessage(error)}` };
  }
  const entries = documentsIn(content);
  if (entries === null) {
    return { problem: "is neither an object of documents by their names nor a manifest of Apollo's" };
  }
  const documents = new Map<string, string>();
  for (const [name, text] of entries) {
    if (typeof name !== "string" || typeof text !== "string") {
      return { problem: `gives a document as ${shown(text)} under the name ${shown(name)}; both are texts` };
    }
    documents.set(name, text);
  }
  return documents.size === 0 ? { problem: "holds no documents" } : { value: documents };
}

/** Names and texts. Relay and the GraphQL code generator write an object of them, Apollo's tools a manifest. */
function documentsIn(content: unknown): [unknown, unknown][] | null {
  if (!isObject(content)) return null;
  if (content.format !== "apollo-persisted-query-manifest") return Object.entries(content);
  if (content.version !== 1 || !Array.isArray(content.operations)) return null;
  return content.operations.map((operation: unknown) =>
    isObject(operation) ? [operation.id, operation.body] : [null, operation],
  );
}
