/** The datastore as a browser gets it: bundled and minified, and run where nothing of Node is. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import type * as Datastore from "@tributary/datastore/browser";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { type OutputChunk, rolldown } from "rolldown";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createCluster } from "../src/cluster/cluster.ts";
import { createRandom } from "../src/cluster/random.ts";
import { noteSchema } from "./note-schema.ts";

const root = path.resolve(import.meta.dirname, "../../..");

async function bundle(entry: "browser" | "node", format: "esm" | "iife"): Promise<OutputChunk[]> {
  const bundler = await rolldown({
    input: path.join(root, `packages/datastore/src/${entry}/index.ts`),
    platform: "browser",
    resolve: { conditionNames: ["tributary-source", "browser", "import", "default"] },
    logLevel: "silent",
  });
  const { output } = await bundler.generate({ format, name: "tributary", minify: true });
  await bundler.close();
  return output.filter((part) => part.type === "chunk");
}

/** What the bundle asks the runtime for. */
const importsOf = (chunks: readonly OutputChunk[]): string[] =>
  chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]);

/** The installed packages that are in the bundle. */
const packagesOf = (chunks: readonly OutputChunk[]): string[] => [
  ...new Set(chunks.flatMap(({ moduleIds }) => moduleIds.flatMap((id) => /node_modules\/([^/]+)/.exec(id)?.[1] ?? []))),
];

/** What the datastore may bring along. */
const portable: ReadonlySet<string> = new Set(["lib0", "y-protocols", "yjs"]);

/** Thousands of bytes, after `gzip -9`. */
const MAX_KB = 72;

const chunks = await bundle("browser", "esm");
const gzipped = chunks.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
const sizeKb = gzipped / 1000;

describe("the bundle of the browser entry", () => {
  it("BUNDLE-1 holds nothing of Node, no GraphQL parser and no database driver", () => {
    expect(importsOf(chunks)).toEqual([]);
    expect(packagesOf(chunks).filter((name) => !portable.has(name))).toEqual([]);
    const sources = chunks.flatMap(({ moduleIds }) => moduleIds).filter((id) => !id.includes("node_modules"));
    expect(sources.filter((id) => /\/src\/(node|sqlite|sql|sdl|testing)\//.test(id))).toEqual([]);
    expect(sources.length).toBeGreaterThan(50);
  });

  it("BUNDLE-1 is told from one that does", async () => {
    const node = await bundle("node", "esm");
    expect(importsOf(node)).toContain("node:crypto");
    expect(packagesOf(node)).toEqual(expect.arrayContaining(["better-sqlite3", "ws"]));
  });

  it(`BUNDLE-2 is ${sizeKb.toFixed(1)} KB minified and gzipped, of ${MAX_KB} at most`, () => {
    expect(sizeKb).toBeLessThanOrEqual(MAX_KB);
  });
});

/** The entry, run with a browser's globals and no others. */
async function load(more: Record<string, unknown>): Promise<typeof Datastore> {
  const [chunk] = await bundle("browser", "iife");
  // Bytes are told from other objects by their class, which the database and the sockets outside share.
  const classes = { ArrayBuffer, DataView, Uint8Array };
  const page = { crypto, setTimeout, clearTimeout, TextDecoder, TextEncoder, console, ...classes, ...more };
  const context = createContext({ ...page });
  runInContext(chunk?.code ?? "", context);
  return (context as unknown as { tributary: typeof Datastore }).tributary;
}

describe("the datastore in a page", () => {
  it("BUNDLE-3 keeps records in IndexedDB over a reload, and syncs them with a relay over the page's socket", async () => {
    const cluster = await createCluster({
      schema: noteSchema,
      random: createRandom(1),
      adapter: () => createMemoryAdapter(),
    });
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    onTestFinished(async () => {
      for (const client of server.clients) client.terminate();
      server.close();
      await cluster.stop();
    });
    server.on("connection", (socket) => {
      const session = cluster.relay.connect({
        bufferedBytes: 0,
        pause: () => socket.pause(),
        resume: () => socket.resume(),
        send: (frame) => socket.send(frame),
        close: (code, reason) => socket.close(code, reason),
      });
      socket.on("message", (data) => session.receive(new Uint8Array(data as Buffer)));
      socket.on("close", () => session.closed());
    });
    await once(server, "listening");
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const page = { indexedDB: new IDBFactory(), IDBKeyRange, WebSocket };

    const { createDataStore } = await load(page);
    const offline = createDataStore({ schema: noteSchema, path: "notes" });
    const Note = offline.models.Note!;
    const { id } = await offline.save(new Note({ title: "on the train", tags: ["a"] }));
    await offline.stop();

    const online = (await load(page)).createDataStore({ schema: noteSchema, path: "notes", url });
    onTestFinished(() => online.stop());
    const again = online.models.Note!;
    expect(await online.query(again, String(id))).toMatchObject({ title: "on the train", tags: ["a"] });
    await online.start();
    await online.settled();
    const peer = cluster.client("peer");
    await peer.store.start();
    await peer.store.settled();
    expect(await peer.store.query(peer.store.models.Note!, String(id))).toMatchObject({ title: "on the train" });
    const titles = vi.fn();
    online.observe(again).subscribe({ next: ({ element }) => void titles(element.title) });
    await peer.store.save(new peer.store.models.Note!({ title: "at home" }));
    await expect.poll(() => titles.mock.calls).toEqual([["at home"]]);
    expect(await online.query(again)).toHaveLength(2);
  });

  it("BUNDLE-3 without IndexedDB it works on, and warns that it keeps nothing", async () => {
    const warn = vi.fn();
    const { createDataStore } = await load({ console: { warn } });
    const store = createDataStore({ schema: noteSchema });
    await store.save(new store.models.Note!({ title: "t" }));
    expect(await store.query(store.models.Note!)).toHaveLength(1);
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/^there is no IndexedDB here: /));
    await store.stop();
  });
});
