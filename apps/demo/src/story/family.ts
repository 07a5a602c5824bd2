/** The processes of the story: a relay, and a device for each of the cast. */
import { randomBytes } from "node:crypto";
import path from "node:path";
import type { SchemaDescription } from "@tributary/schema";
import { type CastName, cast } from "../chat/people.ts";
import type { ProcessGroup } from "../processes/child.ts";
import { type Device, startDevice } from "../processes/device.ts";
import { freePort } from "../processes/free-port.ts";
import { type Relay, startRelay } from "../processes/relay.ts";

export interface Family {
  readonly relay: Relay;
  /** Throws while nobody started it. */
  device(name: CastName): Device;
  /** Those that were started, in the order of the cast. */
  devices(): readonly Device[];
  /** Starts the process of a device, anew after its end. */
  start(name: CastName): Promise<Device>;
  /** Ends everything the ordinary way. */
  close(): Promise<void>;
}

export interface FamilyOptions {
  readonly group: ProcessGroup;
  /** Where everything is kept: a folder of the relay, a file of each device, a log. */
  readonly folder: string;
  readonly schemaFile: string;
  /** What the schema file says. */
  readonly schema: SchemaDescription;
  /** A device writes many records, and so many of them are saved. */
  readonly onWritten: (name: CastName, done: number, total: number) => void;
}

export async function startFamily({ group, folder, schemaFile, schema, onWritten }: FamilyOptions): Promise<Family> {
  const started = new Map<CastName, Device>();
  const relay = await startRelay(group, {
    schemaFile,
    folder: path.join(folder, "relay"),
    logFile: path.join(folder, "relay.log"),
    port: await freePort(Math.random),
    apiKey: `demo-${randomBytes(12).toString("hex")}`,
  });
  const devices = (): readonly Device[] => cast.flatMap((name) => started.get(name) ?? []);

  return {
    relay,
    devices,
    device(name) {
      const device = started.get(name);
      if (device === undefined) throw new Error(`${name} has no device yet`);
      return device;
    },
    async start(name) {
      const device = await startDevice(group, {
        name,
        schema,
        file: path.join(folder, `${name.toLowerCase()}.db`),
        url: relay.url,
        apiKey: relay.apiKey,
        typed: started.get(name)?.typed ?? new Set(),
        onWritten: (done, total) => onWritten(name, done, total),
      });
      started.set(name, device);
      return device;
    },
    async close() {
      await Promise.all(
        devices().map(async (device) => {
          await device.call("close", null);
          await device.kill();
        }),
      );
      await relay.stop();
    },
  };
}
