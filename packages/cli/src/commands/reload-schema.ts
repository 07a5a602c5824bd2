/** Serves a schema file anew after it changed; while it is broken, says why and leaves the former schema in service. */

import type { SchemaDescription } from "@tributary/schema";
import type { Server, Settings } from "@tributary/server";
import { readSchemaFile } from "@tributary/server/schema";
import { explainFailure } from "../explain-failure.ts";

export interface ReloadOptions {
  readonly server: Pick<Server, "replaceSchema">;
  readonly settings: Pick<Settings, "schemaFile" | "dialect">;
  /** The schema that is served. */
  readonly schema: SchemaDescription;
  readonly say: (lines: readonly string[]) => void;
}

/** What is returned runs after each change of the file; it says nothing when nothing changed in the schema. */
export function createReload({ server, settings, schema, say }: ReloadOptions): () => Promise<void> {
  const { schemaFile } = settings;
  let served = JSON.stringify(schema);

  return async () => {
    try {
      const next = readSchemaFile(schemaFile, settings.dialect);
      const text = JSON.stringify(next);
      if (text === served) return;
      await server.replaceSchema(next);
      served = text;
      say([`${schemaFile} changed and is served now (${next.models.map((model) => model.name).join(", ")})`]);
    } catch (error) {
      say([...explainFailure(error).lines, `${schemaFile} is not served as it is now, the former schema serves on`]);
    }
  };
}
