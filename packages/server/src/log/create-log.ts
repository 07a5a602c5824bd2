/** The server's log: pino, one record a line on stderr, as JSON for machines or as text for people. */
import type { Logger } from "@tributary/relay";
import { pino } from "pino";
import type { LogFormat, LogLevel } from "../config/tributary-config.ts";
import { textLine } from "./text-line.ts";

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Takes whole lines; stderr unless given. */
  readonly write?: (line: string) => void;
}

const STDERR = 2;

export function createLog(options: LogOptions): Logger {
  // Written at once, so that the last words before an exit are not lost. A reader that went away is no reason to stop.
  const write = options.write ?? toStderr();
  const isText = options.format === "text";
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
    },
    { write: isText ? (line: string) => write(textLine(line)) : write },
  );
}

function toStderr(): (line: string) => void {
  const stderr = pino.destination({ dest: STDERR, sync: true });
  return (line) => void stderr.write(line);
}
