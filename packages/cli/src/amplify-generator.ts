/**
 * Amplify's own published generator, for the platforms that only it knows. It is no dependency of ours: it is loaded from the project
 * that asks for it.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { CommandError } from "./command-error.ts";
import type { FileToWrite } from "./write-files.ts";

const GENERATOR = "@aws-amplify/graphql-generator";
const DIRECTIVES = "@aws-amplify/graphql-directives";

export const amplifyTargets = ["dart", "swift", "java"] as const;

export type AmplifyTarget = (typeof amplifyTargets)[number];

export interface AmplifyRequest {
  readonly sdl: string;
  readonly target: AmplifyTarget;
  readonly dialect: "v1" | "v2";
  /** The folder of the project that has the generator. */
  readonly project: string;
}

/** What the generator makes of a schema. Rejects with a `CommandError` when the project lacks it, or when it refuses. */
export async function runAmplifyGenerator(request: AmplifyRequest): Promise<readonly FileToWrite[]> {
  const { sdl, target, dialect, project } = request;
  const installed = createRequire(path.join(project, "package.json"));
  const { generateModels } = await load(installed, GENERATOR, request);
  const options = dialect === "v2" ? {} : await firstDialectOptions(installed, request);
  try {
    const files: unknown = await callable(
      generateModels,
      GENERATOR,
    )({
      schema: sdl,
      target,
      isDataStoreEnabled: true,
      ...options,
    });
    return Object.entries(isRecord(files) ? files : {}).map(([name, text]) => ({
      name: inside(name),
      text: String(text),
    }));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new CommandError(`${GENERATOR} refuses the schema: ${reason}`, { cause: error });
  }
}

/** What Amplify's projects of the first dialect set; the generator's own defaults are those of the second. */
async function firstDialectOptions(installed: NodeJS.Require, request: AmplifyRequest): Promise<object> {
  const { AppSyncDirectives, V1Directives } = await load(installed, DIRECTIVES, request);
  const definitions = [AppSyncDirectives, V1Directives].flatMap((list) => (Array.isArray(list) ? list : []));
  return {
    directives: definitions.map((directive: { readonly definition?: unknown }) => directive.definition).join("\n"),
    transformerVersion: 1,
    useExperimentalPipelinedTransformer: false,
    respectPrimaryKeyAttributesOnConnectionField: false,
  };
}

async function load(
  installed: NodeJS.Require,
  name: string,
  { target, project }: AmplifyRequest,
): Promise<Readonly<Record<string, unknown>>> {
  let file: string;
  try {
    file = installed.resolve(name);
  } catch (error) {
    const install = `npm install --save-dev ${GENERATOR} ${DIRECTIVES}`;
    throw new CommandError(
      `--target ${target} needs Amplify's generator, and ${name} is not installed in ${project}; run: ${install}`,
      { cause: error },
    );
  }
  const loaded: unknown = await import(pathToFileURL(file).href);
  const exported: unknown = isRecord(loaded) && isRecord(loaded.default) ? loaded.default : loaded;
  return isRecord(exported) ? exported : {};
}

function callable(value: unknown, name: string): (options: object) => Promise<unknown> {
  if (typeof value === "function") return async (options) => value(options);
  throw new CommandError(`${name} has no generateModels; install version 0.5 of it, or a later one`);
}

/** A place in the folder, whatever separators were used. */
function inside(name: string): string {
  const place = path.posix.normalize(name.split(path.win32.sep).join(path.posix.sep));
  if (place.startsWith("..") || path.posix.isAbsolute(place))
    throw new CommandError(`${GENERATOR} names a file outside the folder: ${name}`);
  return place;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
