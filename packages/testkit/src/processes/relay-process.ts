/** A relay in a process of its own: the command, as built, once it accepts connections. */
import path from "node:path";
import { type Child, startChild } from "./child.ts";

export interface RelayProcess extends Pick<Child, "kill" | "stop"> {
  /** `http://HOST:PORT`. */
  readonly url: string;
}

const cli = path.resolve(import.meta.dirname, "../../../cli/bin/tributary.js");

/** `args` are those of the command, `start` among them. */
export async function startRelayProcess(args: readonly string[]): Promise<RelayProcess> {
  const { lines, until, kill, stop } = startChild(cli, args);
  const ready = (line: string): boolean => line.startsWith("ready ");
  await until((printed) => printed.some(ready));
  return { url: lines.find(ready)?.slice("ready ".length) ?? "", kill, stop };
}
