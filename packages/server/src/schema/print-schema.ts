/** Prints the GraphQL schema that the gateway serves for a schema file, or would serve for an API with other settings. */
import type { AuthProvider } from "@tributary/schema";
import { readProviders } from "../access/auth-providers.ts";
import { StartError } from "../start-error.ts";
import { readSchemaFile } from "./read-schema-file.ts";

/** Flags of `schema print` as they stand on the command line; undefined where not given. */
export interface PrintFlags {
  readonly schema?: string | undefined;
  readonly conflictDetection?: string | undefined;
  readonly dialect?: string | undefined;
  readonly auth?: string | undefined;
}

/** The SDL, ending in a newline. Rejects with a `StartError` when the schema or a flag is wrong. */
export async function printSchema(flags: PrintFlags): Promise<string> {
  if (flags.schema === undefined) throw new StartError("no schema is given; name its file with --schema");
  const conflictDetection = checkedDetection(flags.conflictDetection ?? "on");
  const auth = checkedProviders(flags.auth ?? "apiKey");
  const dialect = checkedDialect(flags.dialect);
  const schema = readSchemaFile(flags.schema, dialect, { allowUnsupported: true });
  const { printGatewaySchema } = await import("@tributary/gateway");
  return printGatewaySchema(schema, { conflictDetection, auth });
}

function checkedDetection(value: string): "on" | "off" {
  if (value === "on" || value === "off") return value;
  throw new StartError(`--conflict-detection is on or off, not ${JSON.stringify(value)}`);
}

function checkedProviders(value: string): readonly AuthProvider[] {
  const read = readProviders(value.split(",").map((name) => name.trim()));
  if (read.outcome === "read") return read.providers;
  throw new StartError(`--auth ${read.problem}`);
}

function checkedDialect(value: string | undefined): "v1" | "v2" | null {
  if (value === undefined || value === "v1" || value === "v2") return value ?? null;
  throw new StartError(`--dialect is one of v1, v2, not ${JSON.stringify(value)}`);
}
