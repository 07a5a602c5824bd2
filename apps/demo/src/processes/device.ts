/** A device of the demo as the story sees it: the process of one of the cast, on a file of its own. */
import type { SchemaDescription } from "@tributary/schema";
import type { CastName } from "../chat/people.ts";
import type { Child, ProcessGroup } from "./child.ts";
import type { DeviceApi, DeviceNews } from "./device-api.ts";

export interface Device extends Pick<Child<DeviceApi>, "call" | "kill" | "pid"> {
  readonly name: CastName;
  /** Ids of messages that a process of this device said it has saved. */
  readonly typed: ReadonlySet<string>;
  /** Resolves when so many messages are typed. */
  whenTyped(count: number): Promise<void>;
}

export interface DeviceOptions {
  readonly name: CastName;
  readonly schema: SchemaDescription;
  readonly file: string;
  readonly url: string;
  readonly apiKey: string;
  /** What was typed before the process that is started now. */
  readonly typed: ReadonlySet<string>;
  readonly onWritten: (done: number, total: number) => void;
}

export async function startDevice(group: ProcessGroup, options: DeviceOptions): Promise<Device> {
  const { name, schema, file, url, apiKey } = options;
  const typed = new Set(options.typed);
  let onTyped = (): void => undefined;
  const child = group.start<DeviceApi>({
    name: `${name}'s device`,
    script: new URL("device-process.js", import.meta.url),
    onNews(news: DeviceNews) {
      if (news.kind === "written") options.onWritten(news.done, news.total);
      if (news.kind !== "typed") return;
      typed.add(news.id);
      onTyped();
    },
  });
  await child.call("open", { schema, file, url, apiKey });
  return {
    name,
    typed,
    pid: child.pid,
    call: child.call,
    kill: child.kill,
    whenTyped: (count) =>
      new Promise((resolve) => {
        onTyped = () => {
          if (typed.size >= count) resolve();
        };
        onTyped();
      }),
  };
}
