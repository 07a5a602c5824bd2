/** What a browser gives the datastore: IndexedDB for the local database, its WebSocket for the relay. */
import { CloseCode } from "@tributary/protocol";
import { createIndexedDbAdapter, type IndexedDbEnvironment } from "@tributary/storage/indexeddb";
import { createMemoryAdapter } from "@tributary/storage/memory";
import type { Platform } from "../platform.ts";
import type { SocketEvents, SyncSocket } from "../sync/sync-socket.ts";

/** The globals of a page or worker that are used here. */
export interface BrowserGlobals extends Omit<IndexedDbEnvironment, "indexedDB"> {
  readonly indexedDB?: IndexedDbEnvironment["indexedDB"];
  readonly crypto: { getRandomValues(bytes: Uint8Array): Uint8Array };
  readonly WebSocket: new (url: string) => BrowserSocket;
  readonly console: { warn(message: string): void };
}

/** A `WebSocket` of the browser. */
export interface BrowserSocket {
  binaryType: string;
  readonly readyState: number;
  send(frame: Uint8Array): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
}

/** The name of the database when the configuration gives none. */
const DATABASE = "tributary";

export function createBrowserPlatform(globals: BrowserGlobals = globalThis as unknown as BrowserGlobals): Platform {
  const bytes = (count: number): Uint8Array => globals.crypto.getRandomValues(new Uint8Array(count));
  const warn = (message: string): void => globals.console.warn(message);
  return {
    agent: "tributary-datastore/0.1.0 browser",
    random: { bytes },
    now: Date.now,
    newId: () => uuidOf(Date.now(), bytes(16)),
    after(ms, action) {
      const timer = globals.setTimeout(action, ms);
      return () => globals.clearTimeout(timer);
    },
    createAdapter(name = DATABASE) {
      if (hasIndexedDb(globals)) return createIndexedDbAdapter({ name, environment: globals });
      warn(`there is no IndexedDB here: the datastore keeps ${name} in memory, until the page is left`);
      return createMemoryAdapter();
    },
    openSocket: (url, events) => openSocket(globals, url, events),
    warn,
  };
}

function hasIndexedDb(globals: BrowserGlobals): globals is BrowserGlobals & IndexedDbEnvironment {
  try {
    return globals.indexedDB !== undefined && globals.indexedDB !== null;
  } catch {
    // Some browsers throw where a page may store nothing.
    return false;
  }
}

/** A UUID of version 7: the time, then random bits. */
function uuidOf(now: number, bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(now / 2 ** 32));
  view.setUint32(2, now % 2 ** 32);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

const CONNECT_TIMEOUT_MS = 10_000;
/** `WebSocket.OPEN` and the code of a connection that ended without a closing handshake. */
const OPEN = 1;
const ABNORMAL = 1006;

function openSocket(globals: BrowserGlobals, url: string, events: SocketEvents): SyncSocket {
  let socket: BrowserSocket;
  try {
    socket = new globals.WebSocket(url);
  } catch (error) {
    // A page that came over https may not connect to ws: addresses.
    globals.setTimeout(() => events.onClose(ABNORMAL, String(error)), 0);
    return { send() {}, close() {} };
  }
  // Browsers do not say why a connection failed.
  let failure = `no connection to ${url} could be made`;
  const timer = globals.setTimeout(() => socket.close(), CONNECT_TIMEOUT_MS);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    failure = "";
    globals.clearTimeout(timer);
    events.onOpen();
  };
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") socket.close(CloseCode.malformed, "text frame");
    else events.onFrame(new Uint8Array(data as ArrayBuffer));
  };
  socket.onclose = ({ code, reason }) => {
    globals.clearTimeout(timer);
    events.onClose(code, reason || failure);
  };
  return {
    send(frame) {
      if (socket.readyState === OPEN) socket.send(frame);
    },
    close: () => socket.close(CloseCode.ok),
  };
}
