/** The relay of the demo, which can be killed and brought back on the same port and data. */
import type { Child, ProcessGroup } from "./child.ts";
import type { RelayApi, RelayOptions } from "./relay-process.ts";

export interface Relay {
  readonly url: string;
  readonly apiKey: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** `kill -9`. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRelay(group: ProcessGroup, options: RelayOptions): Promise<Relay> {
  const begin = (): Child<RelayApi> =>
    group.start({ name: "the relay", script: new URL("relay-process.js", import.meta.url) });
  let child = begin();
  const url = await child.call("start", options);
  return {
    url,
    apiKey: options.apiKey,
    get pid() {
      return child.pid;
    },
    kill: () => child.kill(),
    async restart() {
      child = begin();
      await child.call("start", options);
    },
    async stop() {
      await child.call("stop", null);
      await child.kill();
    },
  };
}
