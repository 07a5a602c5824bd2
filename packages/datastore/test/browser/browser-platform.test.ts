import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type BrowserGlobals, createBrowserPlatform } from "../../src/browser/browser-platform.ts";
import type { SocketEvents } from "../../src/sync/sync-socket.ts";

/** What a browser has, with the socket of `ws`, which has a browser's face too. */
function browser(more: Record<string, unknown> = {}): BrowserGlobals {
  const globals = { indexedDB: new IDBFactory(), IDBKeyRange, crypto, setTimeout, clearTimeout, console, WebSocket };
  return { ...globals, ...more } as unknown as BrowserGlobals;
}

/** A socket's events, as they came. */
function recorder(): SocketEvents & { readonly seen: unknown[] } {
  const seen: unknown[] = [];
  return {
    seen,
    onOpen: () => void seen.push("open"),
    onFrame: (frame) => void seen.push(frame),
    onClose: (code, reason) => void seen.push({ code, reason }),
  };
}

async function listen(): Promise<{ readonly server: WebSocketServer; readonly url: string }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  await once(server, "listening");
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/sync` };
}

describe("createBrowserPlatform", () => {
  it("BROWSER-1 keeps records in the IndexedDB database that the configuration names, else in its own", async () => {
    const globals = browser();
    const { createAdapter } = createBrowserPlatform(globals);
    for (const path of ["mine", undefined]) {
      const adapter = createAdapter(path);
      expect(adapter.name).toBe("indexeddb");
      await adapter.open();
      await adapter.close();
    }
    const databases = await (globals.indexedDB as unknown as { databases(): Promise<{ name: string }[]> }).databases();
    expect(databases.map(({ name }) => name).sort()).toEqual(["mine", "tributary"]);
  });

  it("BROWSER-1 without IndexedDB it keeps them in memory, and warns", () => {
    const forbidden = browser();
    Object.defineProperty(forbidden, "indexedDB", {
      get() {
        throw new DOMException("not here", "SecurityError");
      },
    });
    for (const globals of [browser({ indexedDB: undefined }), browser({ indexedDB: null }), forbidden]) {
      const warn = vi.fn();
      Object.assign(globals, { console: { warn } });
      expect(createBrowserPlatform(globals).createAdapter(undefined).name).toBe("memory");
      expect(warn.mock.calls).toEqual([
        ["there is no IndexedDB here: the datastore keeps tributary in memory, until the page is left"],
      ]);
    }
  });

  it("BROWSER-2 draws ids of version 7 without `randomUUID`, which pages have over https only", () => {
    const fixed = { getRandomValues: (bytes: Uint8Array) => bytes.fill(0xff) };
    const before = Date.now();
    const id = createBrowserPlatform(browser({ crypto: fixed })).newId();
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7fff-bfff-ffffffffffff$/);
    const time = Number.parseInt(id.slice(0, 13).replace("-", ""), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
    const { newId, random } = createBrowserPlatform(browser());
    expect(new Set(Array.from({ length: 100 }, newId)).size).toBe(100);
    expect(random.bytes(5)).toHaveLength(5);
  });

  it("BROWSER-3 frames go both ways as bytes, and the close tells its code and reason", async () => {
    const { server, url } = await listen();
    const events = recorder();
    const socket = createBrowserPlatform(browser()).openSocket(url, events);
    socket.send(new Uint8Array([0]));
    const [peer] = (await once(server, "connection")) as [WebSocket];
    await expect.poll(() => events.seen).toEqual(["open"]);
    socket.send(new Uint8Array([9]));
    const [received] = (await once(peer, "message")) as [Buffer];
    expect([...received]).toEqual([9]);
    peer.send(new Uint8Array([1, 2]));
    peer.close(4403, "no");
    await expect.poll(() => events.seen).toEqual(["open", new Uint8Array([1, 2]), { code: 4403, reason: "no" }]);
  });

  it("BROWSER-3 a relay that sends text is malformed", async () => {
    const { server, url } = await listen();
    const events = recorder();
    createBrowserPlatform(browser()).openSocket(url, events);
    const [peer] = (await once(server, "connection")) as [WebSocket];
    peer.send("text");
    const [code, reason] = (await once(peer, "close")) as [number, Buffer];
    expect([code, String(reason)]).toEqual([4400, "text frame"]);
    await expect.poll(() => events.seen).toEqual(["open", { code: 4400, reason: "text frame" }]);
  });

  it("BROWSER-3 a closed socket says so to the other side", async () => {
    const { server, url } = await listen();
    const events = recorder();
    const socket = createBrowserPlatform(browser()).openSocket(url, events);
    const [peer] = (await once(server, "connection")) as [WebSocket];
    await expect.poll(() => events.seen).toEqual(["open"]);
    socket.close();
    const [code] = (await once(peer, "close")) as [number];
    expect(code).toBe(1000);
  });

  it("BROWSER-4 a connection that cannot be made ends in one close that says so, later", async () => {
    const { server, url } = await listen();
    server.close();
    const events = recorder();
    class Refusing extends WebSocket {
      constructor(address: string) {
        super(address);
        this.on("error", () => {});
      }
    }
    createBrowserPlatform(browser({ WebSocket: Refusing })).openSocket(url, events);
    await expect.poll(() => events.seen).toEqual([{ code: 1006, reason: `no connection to ${url} could be made` }]);
    class Forbidden {
      constructor() {
        throw new DOMException("a page over https may not", "SecurityError");
      }
    }
    const others = recorder();
    createBrowserPlatform(browser({ WebSocket: Forbidden })).openSocket(url, others);
    expect(others.seen).toEqual([]);
    await expect.poll(() => others.seen).toEqual([{ code: 1006, reason: "SecurityError: a page over https may not" }]);
  });

  it("BROWSER-4 a connection that does not come about in time is given up", () => {
    const made: Hanging[] = [];
    const started: { readonly ms: number; readonly action: () => void }[] = [];
    const closed = vi.fn();
    class Hanging {
      binaryType = "blob";
      readonly close = closed;
      constructor() {
        made.push(this);
      }
    }
    const timers = { setTimeout: (action: () => void, ms: number) => started.push({ action, ms }), clearTimeout() {} };
    createBrowserPlatform(browser({ ...timers, WebSocket: Hanging })).openSocket("ws://x", recorder());
    expect(started.map(({ ms }) => ms)).toEqual([10_000]);
    expect(made.map(({ binaryType }) => binaryType)).toEqual(["arraybuffer"]);
    expect(closed).not.toHaveBeenCalled();
    started[0]?.action();
    expect(closed).toHaveBeenCalledOnce();
  });
});
