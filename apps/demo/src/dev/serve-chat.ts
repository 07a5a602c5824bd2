/** Serves the demo's schema from a data directory, puts the chat into it when it is new, and says how to use it. */
import { createLog, createServer, developmentKey, openDataDirectory } from "@tributary/server";
import { readSchemaFile } from "@tributary/server/schema";
import { createGraphqlClient } from "../graphql/graphql-client.ts";
import { describeCount } from "../report/describe.ts";
import type { Progress } from "../terminal/progress.ts";
import type { Style } from "../terminal/style.ts";
import { introduction } from "./introduction.ts";
import { seedChat } from "./seed-chat.ts";

export interface ServeOptions {
  readonly port: number;
  readonly directory: string;
  readonly schemaFile: string;
  readonly style: Style;
  readonly progress: Progress;
  readonly say: (line: string) => void;
  /** Called with what stops the server, as soon as there is one. */
  readonly onServing: (close: () => Promise<void>) => void;
}

/** Resolves when everything is said. Rejects with a `StartError` when it cannot serve. */
export async function serveChat(options: ServeOptions): Promise<void> {
  const { port, directory: folder, schemaFile, style, progress, say } = options;
  const schema = readSchemaFile(schemaFile, null);
  const log = createLog({ level: "warn", format: "text" });
  const directory = openDataDirectory(folder);
  let apiKey: string;
  try {
    apiKey = developmentKey(directory);
  } catch (error) {
    directory.release();
    throw error;
  }
  const server = await createServer({ schema, directory, port, apiKey, log });
  options.onServing(() => server.close());
  const { url } = server;
  const seeded = await seedChat({
    schema,
    url,
    apiKey,
    graphql: createGraphqlClient({ url, apiKey }),
    onProgress: (done, total) => progress.show("the chat is written", done, total),
  });
  progress.clear();
  const written = seeded === null ? "found as it was left" : `${describeCount(seeded, "record")} written`;
  for (const line of introduction({ url, apiKey, schemaFile, data: `${folder} (${written})` }, style)) say(line);
  say(`ready ${url}`);
}
