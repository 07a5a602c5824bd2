/** Where the app is run: its modules loaded anew for each device, with DataStore led to Tributary and told where to keep records. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DataStoreConfig, PersistentModel, PersistentModelConstructor } from "@aws-amplify/datastore";
import { parseSchema } from "@tributary/schema/sdl";
import { createServer, openDataDirectory } from "@tributary/server";
import { expect, onTestFinished, vi } from "vitest";

const API_KEY = "key-of-the-app";

/** The app on one device, from a fresh start. */
export async function load(config: DataStoreConfig) {
  vi.resetModules();
  const { DataStore, utils } = await import("@aws-amplify/datastore");
  const models = await import("./models/index.js");
  DataStore.configure(config);
  onTestFinished(() => DataStore.stop());
  const classes = Object.values(models).filter(utils.isModelConstructor);
  return {
    DataStore,
    models,
    posts: await import("./posts.ts"),
    relations: await import("./relations.ts"),
    identifiers: await import("./identifiers.ts"),
    live: await import("./live.ts"),
    settings: await import("./settings.ts"),
    generic: await import("./generic.ts"),
    /** Every record, by model, as an app reads it. */
    async records(): Promise<Record<string, unknown>> {
      const found: Record<string, unknown> = {};
      for (const model of classes as PersistentModelConstructor<PersistentModel>[]) {
        const all = (await DataStore.query(model)).map((record) => JSON.stringify(record));
        if (all.length > 0) found[model.name] = all.sort();
      }
      return found;
    },
  };
}

export type Device = Awaited<ReturnType<typeof load>>;

export interface Place {
  readonly name: string;
  /** Starts the app; what it did there is what it finds when it is started again, and on other devices. */
  open(): Promise<{ readonly app: Device; checkElsewhere(): Promise<void> }>;
}

function tempFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "tributary-app-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A relay on a free port that serves `sdl`; answers how to reach it. */
export async function startRelay(sdl: string): Promise<Required<Pick<DataStoreConfig, "url" | "auth">>> {
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const directory = openDataDirectory(path.join(tempFolder(), "relay"));
  const server = await createServer({ schema: parseSchema(sdl), directory, port: 0, apiKey: API_KEY, log: silent });
  onTestFinished(() => server.close());
  return { url: server.url, auth: { apiKey: API_KEY } };
}

export const places = (sdl: string): readonly Place[] => [
  {
    name: "in memory",
    open: async () => ({ app: await load({}), checkElsewhere: async () => {} }),
  },
  {
    name: "on a file",
    async open() {
      const config = { path: path.join(tempFolder(), "app.db") };
      const app = await load(config);
      return {
        app,
        async checkElsewhere() {
          const before = await app.records();
          await app.DataStore.stop();
          expect(await (await load(config)).records()).toEqual(before);
        },
      };
    },
  },
  {
    name: "synced with a relay",
    async open() {
      const relay = await startRelay(sdl);
      const app = await load({ ...relay, path: path.join(tempFolder(), "app.db") });
      return {
        app,
        async checkElsewhere() {
          await app.DataStore.settled();
          const other = await load(relay);
          await other.DataStore.settled();
          await expect.poll(async () => (await app.records()) as unknown).toEqual(await other.records());
          expect(await app.DataStore.refused()).toEqual([]);
        },
      };
    },
  },
];
