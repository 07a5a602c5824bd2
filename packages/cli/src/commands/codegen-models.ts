/** `tributary codegen models`: writes the model files of a schema, and says on stderr which. */
import process from "node:process";
import { authProviders } from "@tributary/schema";
import { generateModels, type ModelTarget, modelTargets, withoutOwnDirectives } from "@tributary/schema/codegen";
import { parseSchema } from "@tributary/schema/sdl";
import { readSchemaText, schemaFailure } from "@tributary/server/schema";
import { type AmplifyTarget, amplifyTargets, runAmplifyGenerator } from "../amplify-generator.ts";
import { CommandError } from "../command-error.ts";
import { type FileToWrite, writeFiles } from "../write-files.ts";

/** Flags as they stand on the command line; undefined where not given. */
export interface CodegenFlags {
  readonly schema?: string | undefined;
  readonly out?: string | undefined;
  readonly target?: string | undefined;
  readonly dialect?: string | undefined;
  readonly auth?: string | undefined;
  readonly package?: string | undefined;
}

export async function codegenModels(flags: CodegenFlags): Promise<void> {
  const { schema, out } = flags;
  if (schema === undefined) throw new CommandError("no schema is given; name its file with --schema");
  if (out === undefined) throw new CommandError("no folder is given; name it with --out");
  const target = checkedTarget(flags.target ?? "javascript");
  const dialect = checkedDialect(flags.dialect);
  if (flags.auth !== undefined) checkProviders(flags.auth.split(","));
  const datastore = checkedPackage(flags.package);
  const options = { file: schema, ...dialect, ...datastore };
  const files = await filesFor(readSchemaText(schema), target, options).catch((error: unknown) => {
    throw schemaFailure(error);
  });
  const written = writeFiles(out, files);
  process.stderr.write(written.map((file) => `wrote ${file}\n`).join(""));
}

interface DialectOption {
  readonly dialect?: "v1" | "v2";
}

async function filesFor(
  sdl: string,
  target: ModelTarget | AmplifyTarget,
  options: DialectOption & PackageOption & { readonly file: string },
): Promise<readonly FileToWrite[]> {
  if (isOwn(target)) return generateModels(sdl, target, options);
  const { datastore: _, ...schemaOptions } = options;
  const { dialect } = parseSchema(sdl, { ...schemaOptions, allowUnsupported: true });
  return runAmplifyGenerator({ sdl: withoutOwnDirectives(sdl), target, dialect, project: process.cwd() });
}

function isOwn(target: ModelTarget | AmplifyTarget): target is ModelTarget {
  return modelTargets.some((own) => own === target);
}

function checkedTarget(given: string): ModelTarget | AmplifyTarget {
  const known = [...modelTargets, ...amplifyTargets];
  const target = known.find((name) => name === given);
  if (target !== undefined) return target;
  throw new CommandError(`--target is one of ${known.join(", ")}, not ${JSON.stringify(given)}`);
}

function checkedDialect(given: string | undefined): DialectOption {
  if (given === undefined) return {};
  if (given === "v1" || given === "v2") return { dialect: given };
  throw new CommandError(`--dialect is one of v1, v2, not ${JSON.stringify(given)}`);
}

interface PackageOption {
  readonly datastore?: string;
}

function checkedPackage(given: string | undefined): PackageOption {
  if (given === undefined) return {};
  if (/^[@\w./-]+$/.test(given)) return { datastore: given };
  throw new CommandError(`--package is the name of a package, not ${JSON.stringify(given)}`);
}

/** Model files are the same whatever providers an API has; a wrong name is told nevertheless. */
function checkProviders(names: readonly string[]): void {
  const unknown = names.find((name) => !authProviders.some((known) => known === name));
  if (unknown === undefined) return;
  throw new CommandError(`--auth names ${JSON.stringify(unknown)}; the providers are ${authProviders.join(", ")}`);
}
