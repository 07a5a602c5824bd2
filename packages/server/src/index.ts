/** The Tributary server: listener, configuration, identity, data directory, log and metrics around a relay and its gateway. */

export type { Logger } from "@tributary/relay";
export { type Environment, type Flags, resolveSettings, type Settings } from "./config/settings.ts";
export type { LogFormat, LogLevel, ServerLimits, TributaryConfig } from "./config/tributary-config.ts";
export { createServer, type Server, type ServerOptions } from "./create-server.ts";
export { type DataDirectory, openDataDirectory } from "./data/data-directory.ts";
export { developmentKey } from "./data/development-key.ts";
export { createLog, type LogOptions } from "./log/create-log.ts";
export { StartError } from "./start-error.ts";
