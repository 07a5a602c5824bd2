/**
 * The settings of a server out of flags, environment and config file, in this order of precedence.
 *
 * One reader a setting takes it from wherever it comes; every wrong setting is reported, not only the first.
 */
import type { ConflictResolution, Introspection, PersistedQueries } from "@tributary/gateway";
import { refuseProviders } from "../access/auth-providers.ts";
import { parseOrigin } from "../access/origin-policy.ts";
import { StartError } from "../start-error.ts";
import { readConflictResolution } from "./conflict-resolution.ts";
import { readPersistedQueries } from "./persisted-queries.ts";
import { pathBeside, readConfigFile } from "./read-config-file.ts";
import { type Reading, shown } from "./reading.ts";
import {
  defaultServerLimits,
  type LogFormat,
  type LogLevel,
  logFormats,
  logLevels,
  type ServerLimits,
  type TributaryConfig,
} from "./tributary-config.ts";

/** Flags as they stand on the command line, by setting; undefined where not given. */
export interface Flags {
  readonly schema?: string | undefined;
  readonly config?: string | undefined;
  readonly dialect?: string | undefined;
  readonly auth?: string | undefined;
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly data?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly sandbox?: boolean | undefined;
  readonly allowOrigin?: readonly string[] | undefined;
  readonly introspection?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly logFormat?: string | undefined;
}

export interface Environment {
  /** `TRIBUTARY_API_KEY` */
  readonly apiKey?: string | undefined;
  /** Whether stderr is a terminal. */
  readonly isTerminal: boolean;
}

export interface Settings {
  readonly schemaFile: string;
  readonly dialect: "v1" | "v2" | null;
  readonly port: number;
  readonly host: string;
  readonly dataDirectory: string;
  readonly apiKey: string | null;
  readonly isSandbox: boolean;
  readonly allowedOrigins: readonly string[];
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly limits: ServerLimits;
  readonly conflictResolution: ConflictResolution;
  readonly introspection: Introspection;
  readonly persistedQueries: PersistedQueries;
}

export async function resolveSettings(flags: Flags, environment: Environment): Promise<Settings> {
  const config = flags.config === undefined ? null : await readConfigFile(flags.config);
  const problems: string[] = [];
  const sources: Sources = { flags, environment, file: flags.config ?? "", config: config ?? {}, problems };
  for (const name of Object.keys(sources.config)) {
    if (!settingNames.has(name)) {
      problems.push(`${sources.file} has no setting ${name}; there are ${[...settingNames].join(", ")}`);
    }
  }
  take(sources, "auth", readAuth, ["apiKey"]);
  const settings: Settings = {
    schemaFile: takePath(sources, "schema", ""),
    dialect: take(sources, "dialect", oneOf(["v1", "v2"] as const), null),
    port: take(sources, "port", readPort, 4000),
    host: take(sources, "host", readText, "127.0.0.1"),
    dataDirectory: takePath(sources, "data", ".tributary"),
    apiKey: take(sources, "apiKey", readApiKey, null),
    isSandbox: take(sources, "sandbox", readSwitch, false),
    allowedOrigins: take(sources, "allowOrigin", readOrigins, []),
    logLevel: take(sources, "logLevel", oneOf(logLevels), "info"),
    logFormat: take(sources, "logFormat", oneOf(logFormats), environment.isTerminal ? "text" : "json"),
    limits: { ...defaultServerLimits, ...take(sources, "limits", readLimits, {}) },
    conflictResolution: take(sources, "conflictResolution", readConflictResolution, {}),
    introspection: take(sources, "introspection", oneOf(["on", "off"] as const), "on"),
    persistedQueries: take(
      sources,
      "persistedQueries",
      (given) => readPersistedQueries(given, sources.file),
      "automatic",
    ),
  };
  if (settings.schemaFile === "" && problems.length === 0) {
    problems.push("no schema is given; name its file with --schema");
  }
  if (problems.length > 1) problems.unshift(`${problems.length} settings are wrong:`);
  if (problems.length > 0) throw new StartError(problems);
  return settings;
}

interface Sources {
  readonly flags: Flags;
  readonly environment: Environment;
  readonly file: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly problems: string[];
}

const settingNames: ReadonlySet<string> = new Set(
  Object.keys({
    schema: true,
    dialect: true,
    auth: true,
    port: true,
    host: true,
    data: true,
    apiKey: true,
    sandbox: true,
    allowOrigin: true,
    logLevel: true,
    logFormat: true,
    limits: true,
    conflictResolution: true,
    introspection: true,
    persistedQueries: true,
  } satisfies Record<keyof TributaryConfig, true>),
);

type Reader<T> = (given: unknown) => Reading<T>;

interface Given {
  readonly value: unknown;
  readonly where: string;
  readonly isFromFile: boolean;
}

function findGiven(sources: Sources, name: string): Given | null {
  const flag = sources.flags[name as keyof Flags];
  if (flag !== undefined) return { value: flag, where: flagOf(name), isFromFile: false };
  if (name === "apiKey" && sources.environment.apiKey !== undefined) {
    return { value: sources.environment.apiKey, where: "TRIBUTARY_API_KEY", isFromFile: false };
  }
  const value = Object.hasOwn(sources.config, name) ? sources.config[name] : undefined;
  return value === undefined ? null : { value, where: `${name} in ${sources.file}`, isFromFile: true };
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function take<T, D>(sources: Sources, name: string, read: Reader<T>, otherwise: D): T | D {
  const given = findGiven(sources, name);
  if (given === null) return otherwise;
  const reading = read(given.value);
  if ("value" in reading) return reading.value;
  sources.problems.push(`${given.where} ${reading.problem}`);
  return otherwise;
}

function takePath(sources: Sources, name: string, otherwise: string): string {
  const text = take(sources, name, readText, otherwise);
  if (findGiven(sources, name)?.isFromFile !== true) return text;
  return pathBeside(sources.file, text);
}

const readText: Reader<string> = (given) =>
  typeof given === "string" && given !== "" ? { value: given } : { problem: `needs a text, not ${shown(given)}` };

const readSwitch: Reader<boolean> = (given) =>
  typeof given === "boolean" ? { value: given } : { problem: `is true or false, not ${shown(given)}` };

const readPort: Reader<number> = (given) => {
  const port = typeof given === "string" && /^\d{1,5}$/.test(given) ? Number(given) : given;
  if (typeof port === "number" && Number.isInteger(port) && port >= 0 && port <= 65_535) return { value: port };
  return { problem: `is a number from 0 to 65535, 0 for a free port, not ${shown(given)}` };
};

/** A key travels in a header, so it is visible ASCII. What was given is not repeated: it may be a secret with a typing error. */
const readApiKey: Reader<string> = (given) => {
  if (typeof given !== "string" || given === "") return { problem: "is empty; give a key or leave it out" };
  if (given.length > 256) return { problem: "is longer than 256 characters" };
  return /^[\x21-\x7e]+$/.test(given) ? { value: given } : { problem: "may hold visible ASCII characters only" };
};

const readOrigins: Reader<readonly string[]> = (given) => {
  const origins: string[] = [];
  for (const entry of Array.isArray(given) ? given : [given]) {
    const origin = typeof entry === "string" ? parseOrigin(entry) : null;
    if (origin === null) return { problem: `is an origin such as https://app.example.com, or *, not ${shown(entry)}` };
    origins.push(origin);
  }
  return { value: origins };
};

const readAuth: Reader<readonly string[]> = (given) => {
  const providers = typeof given === "string" ? given.split(",") : given;
  if (!Array.isArray(providers) || providers.some((provider) => typeof provider !== "string")) {
    return { problem: `is a list of providers, not ${shown(given)}` };
  }
  const problem = refuseProviders(providers);
  return problem === null ? { value: providers } : { problem };
};

const readLimits: Reader<Partial<ServerLimits>> = (given) => {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return { problem: `is an object, not ${shown(given)}` };
  }
  const limits: Record<string, number> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultServerLimits, name)) {
      return { problem: `has no ${name}; there are ${Object.keys(defaultServerLimits).join(", ")}` };
    }
    if (!Number.isSafeInteger(value) || value < 1) {
      return { problem: `sets ${name} to ${shown(value)}; it is a whole number above 0` };
    }
    limits[name] = value;
  }
  return { value: limits };
};

function oneOf<T extends string>(names: readonly T[]): Reader<T> {
  return (given) => {
    const name = names.find((candidate) => candidate === given);
    return name === undefined ? { problem: `is one of ${names.join(", ")}, not ${shown(given)}` } : { value: name };
  };
}
