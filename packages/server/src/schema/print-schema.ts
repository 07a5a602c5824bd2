/** Prints the GraphQL schema that the gateway serves for a schema file. */
import { refuseProviders } from "../access/auth-providers.ts";
import { StartError } from "../start-error.ts";
import { readSchemaFile } from "./read-schema-file.ts";

/** Flags of `schema print` as they stand on the command line; undefined where not given. */
export interface PrintFlags {
  readonly schema?: string | undefined;
  readonly conflictDetection?: string | undefined;
  readonly dialect?: string | undefined;
  readonly auth?: string | undefined;
}

/** The SDL, ending in a newline. Rejects with a `StartError` when the schema or a flag is wrong, or not served yet. */
export async function printSchema(flags: PrintFlags): Promise<string> {
  if (flags.schema === undefined) throw new StartError("no schema is given; name its file with --schema");
  assertConflictDetection(flags.conflictDetection ?? "on");
  const refusal = flags.auth === undefined ? null : refuseProviders(flags.auth.split(","));
  if (refusal !== null) throw new StartError(`--auth ${refusal}`);
  const schema = readSchemaFile(flags.schema, assertDialect(flags.dialect));
  const { printGatewaySchema } = await import("@tributary/gateway");
  return `${printGatewaySchema(schema).trimEnd()}\n`;
}

function assertConflictDetection(value: string): void {
  if (value === "on") return;
  throw new StartError(
    value === "off"
      ? "--conflict-detection off is not served by this version; leave it out or say on"
      : `--conflict-detection is on or off, not ${JSON.stringify(value)}`,
  );
}

function assertDialect(value: string | undefined): "v1" | "v2" | null {
  if (value === undefined || value === "v1" || value === "v2") return value ?? null;
  throw new StartError(`--dialect is one of v1, v2, not ${JSON.stringify(value)}`);
}
