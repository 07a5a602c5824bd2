/** A relay in the test's own process, on a free port, gone with the test. */
import path from "node:path";
import type { SchemaDescription } from "@tributary/schema";
import { createLog, createServer, openDataDirectory, type Server } from "@tributary/server";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./run-app.ts";

export const apiKey = "test-key";

export async function serve(schema: SchemaDescription): Promise<Server> {
  const server = await createServer({
    schema,
    directory: openDataDirectory(path.join(temporaryFolder(), "relay")),
    port: 0,
    apiKey,
    log: createLog({ level: "silent", format: "text" }),
  });
  onTestFinished(() => server.close());
  return server;
}
