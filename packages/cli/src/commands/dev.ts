/** `tributary dev`: `start` with a key that is always there, and with the schema file watched. */
import process from "node:process";
import { developmentKey, type Flags } from "@tributary/server";
import { watchFile } from "../watch-file.ts";
import { createReload } from "./reload-schema.ts";
import { type Serving, serve } from "./serve.ts";

export async function dev(flags: Flags): Promise<void> {
  const serving = await serve(flags, { fallbackKey: developmentKey });
  const { server, settings, schema } = serving;
  const reload = createReload({ server, settings, schema, say });
  watchFile(settings.schemaFile, () => void reload());
  say(introduction(serving));
  // The file may have changed between its being read and its being watched.
  await reload();
}

function introduction({ server, settings, apiKey }: Serving): readonly string[] {
  const { host } = new URL(server.url);
  return [
    `GraphQL  ${server.url}/graphql`,
    `Sync     ws://${host}/sync`,
    `API key  ${apiKey}`,
    `Watching ${settings.schemaFile}`,
  ];
}

function say(lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${line}\n`).join(""));
}
