/** The relay of the demo, as a process of its own. Its log goes to a file. */
import { appendFileSync } from "node:fs";
import { createLog, createServer, openDataDirectory, type Server } from "@tributary/server";
import { readSchemaFile } from "@tributary/server/schema";
import { serveCalls } from "./calls.ts";

export interface RelayOptions {
  readonly schemaFile: string;
  readonly folder: string;
  readonly logFile: string;
  readonly port: number;
  readonly apiKey: string;
}

export interface RelayApi {
  /** Answers the relay's URL when it accepts connections. */
  start(options: RelayOptions): Promise<string>;
  stop(given: null): Promise<void>;
}

let server: Server | null = null;

serveCalls<RelayApi>({
  async start({ schemaFile, folder, logFile, port, apiKey }) {
    server = await createServer({
      schema: readSchemaFile(schemaFile, null),
      directory: openDataDirectory(folder),
      port,
      apiKey,
      log: createLog({ level: "info", format: "text", write: (line) => appendFileSync(logFile, line) }),
    });
    return server.url;
  },
  async stop() {
    await server?.close();
  },
});
