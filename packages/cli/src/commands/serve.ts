/** What `start` and `dev` have in common: settings to a running server that ends with the process. */
import process from "node:process";
import type { SchemaDescription } from "@tributary/schema";
import {
  createLog,
  createServer,
  type DataDirectory,
  type Flags,
  type Logger,
  openDataDirectory,
  resolveSettings,
  type Server,
  type Settings,
} from "@tributary/server";
import { readSchemaFile } from "@tributary/server/schema";
import { endOnSignals } from "../end-on-signals.ts";

export interface Serving {
  readonly server: Server;
  readonly settings: Settings;
  readonly schema: SchemaDescription;
  readonly apiKey: string | null;
  readonly log: Logger;
}

export interface ServeOptions {
  /** The key to use when none was given. */
  readonly fallbackKey: (directory: DataDirectory) => string | null;
}

export async function serve(flags: Flags, options: ServeOptions): Promise<Serving> {
  const settings = await resolveSettings(flags, {
    apiKey: process.env.TRIBUTARY_API_KEY,
    isTerminal: process.stderr.isTTY,
  });
  const { schemaFile, host, port, isSandbox, allowedOrigins, limits } = settings;
  const { conflictResolution, introspection, persistedQueries } = settings;
  const log = createLog({ level: settings.logLevel, format: settings.logFormat });
  const lifetime = endOnSignals(log);
  const schema = readSchemaFile(schemaFile, settings.dialect);
  const directory = openDataDirectory(settings.dataDirectory);
  const apiKey = settings.apiKey ?? keyOrRelease(directory, options.fallbackKey);
  const server = await createServer({
    schema,
    directory,
    host,
    port,
    apiKey,
    isSandbox,
    allowedOrigins,
    limits,
    conflictResolution,
    introspection,
    persistedQueries,
    log,
  });
  lifetime.endWith(() => server.close());
  log.info({ url: server.url, schema: schemaFile, data: directory.path, models: schema.models.length }, "serving");
  process.stdout.write(`ready ${server.url}\n`);
  return { server, settings, schema, apiKey, log };
}

function keyOrRelease(directory: DataDirectory, key: ServeOptions["fallbackKey"]): string | null {
  try {
    return key(directory);
  } catch (error) {
    directory.release();
    throw error;
  }
}
