/** The setting `conflictResolution`: what becomes of mutations that were made on an older version of a record. */
import type {
  ConflictHandler,
  ConflictResolution,
  ConflictStrategy,
  LambdaStrategy,
  NamedStrategy,
} from "@tributary/gateway";
import { modelNamed, type SchemaDescription } from "@tributary/schema";
import { StartError } from "../start-error.ts";
import { isObject, type Reading, type ReadObject, shown } from "./reading.ts";

/** Written out here: asking the gateway would load it, which takes longer than everything else at a start. */
const named = ["MERGE", "AUTOMERGE", "OPTIMISTIC_CONCURRENCY"] as const satisfies readonly NamedStrategy[];
const strategies = `${named.join(", ")} and { lambda }`;

/** One strategy for all models, or an object of `project` and `models`. */
export function readConflictResolution(given: unknown): Reading<ConflictResolution> {
  if (typeof given === "string" || (isObject(given) && "lambda" in given)) return readProject(given);
  if (!isObject(given)) return { problem: `is a strategy, or an object of project and models, not ${shown(given)}` };
  const { project, models, ...others } = given;
  const [other] = Object.keys(others);
  if (other !== undefined) return { problem: `has no ${other}; there are project, models` };
  const read = project === undefined ? { value: {} } : readProject(project);
  if ("problem" in read || models === undefined) return read;
  const byModel = readModels(models);
  return "problem" in byModel ? byModel : { value: { ...read.value, models: byModel.value } };
}

/** Throws a `StartError` when it names models that are not there, under a schema that is to be served. */
export function assertModels(resolution: ConflictResolution, schema: SchemaDescription): void {
  const missing = Object.keys(resolution.models ?? {}).filter((name) => modelNamed(schema, name) === undefined);
  if (missing.length === 0) return;
  const known = schema.models.map(({ name }) => name).join(", ");
  throw new StartError(`conflictResolution names ${missing.join(", ")}; the schema's models are ${known}`);
}

function readProject(given: unknown): Reading<ConflictResolution> {
  const read = readStrategy("project", given);
  return "problem" in read ? read : { value: { project: read.value } };
}

function readModels(given: unknown): Reading<Readonly<Record<string, ConflictStrategy>>> {
  if (!isObject(given)) return { problem: `has models that are no object of strategies by model, but ${shown(given)}` };
  const models: [string, ConflictStrategy][] = [];
  for (const [name, value] of Object.entries(given)) {
    const read = readStrategy(name, value);
    if ("problem" in read) return read;
    models.push([name, read.value]);
  }
  return { value: Object.fromEntries(models) };
}

function readStrategy(of: string, given: unknown): Reading<ConflictStrategy> {
  const strategy = named.find((name) => name === given);
  if (strategy !== undefined) return { value: strategy };
  if (isObject(given) && "lambda" in given) return readLambda(of, given);
  return { problem: `sets ${of} to ${shown(given)}; there are ${strategies}` };
}

function readLambda(of: string, { lambda, timeoutMs, ...others }: ReadObject): Reading<LambdaStrategy> {
  const [other] = Object.keys(others);
  if (other !== undefined) return { problem: `gives the lambda of ${of} ${other}; there are lambda, timeoutMs` };
  if (!isHandler(lambda) && !isHttpUrl(lambda)) {
    return {
      problem: `sets the lambda of ${of} to ${shown(lambda)}; it is a function, or an http or https URL without a user`,
    };
  }
  if (timeoutMs === undefined) return { value: { lambda } };
  if (typeof timeoutMs === "number" && Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS) {
    return { value: { lambda, timeoutMs } };
  }
  return {
    problem: `sets timeoutMs of ${of} to ${shown(timeoutMs)}; it is a whole number from 1 to ${MAX_TIMEOUT_MS}`,
  };
}

/** No client waits longer for an answer. */
const MAX_TIMEOUT_MS = 300_000;

/** What a function takes and answers shows when it is asked. */
function isHandler(given: unknown): given is ConflictHandler {
  return typeof given === "function";
}

/** `fetch` takes no URL with a user in it. */
function isHttpUrl(given: unknown): given is string {
  if (typeof given !== "string" || !URL.canParse(given)) return false;
  const { protocol, username, password } = new URL(given);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}
