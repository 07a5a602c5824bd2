/** Our relay, and the process that fills it, as the rows about syncing need them. */
import path from "node:path";
import { type Child, startChild } from "../child.ts";

export interface RelayUnderTest {
  readonly url: string;
  readonly child: Child;
}

export async function startRelay(folder: string): Promise<RelayUnderTest> {
  const child = startChild("relay/relay-process.js", [path.join(folder, "relay")]);
  return { url: await child.ask<string>("url"), child };
}

/** A client of its own process: holds records, and changes some of them when asked. */
export interface Writer {
  /** New records, saved and acknowledged. */
  create(count: number): Promise<void>;
  /** Changes to records created before and new ones, half and half, saved and acknowledged. Answers the id of a new one. */
  change(count: number): Promise<string>;
  stop(): Promise<void>;
}

export async function startWriter(folder: string, url: string): Promise<Writer> {
  const child = startChild("relay/writer-process.js", [folder, url]);
  return {
    async create(count) {
      await child.ask("create", count);
    },
    change: (count) => child.ask<string>("change", count),
    stop: () => child.stop(),
  };
}
