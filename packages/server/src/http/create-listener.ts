/**
 * The one HTTP server that everything comes in by, with what a connection may cost before anybody knows whose it is.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { errorCode, errorMessage, StartError } from "../start-error.ts";

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly maxConnections: number;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
  readonly onUpgrade: (request: IncomingMessage, connection: Duplex, head: Buffer) => void;
}

export interface Listener {
  readonly port: number;
  /** Accepts no further connections, and lets the requests under way end within the grace. */
  drain(graceMs: number): Promise<void>;
  /** Cuts off what is left; resolves when the port is free. */
  close(): Promise<void>;
}

/** Rejects with a `StartError` when the port or the host cannot be had. */
export async function createListener(options: ListenerOptions): Promise<Listener> {
  const active = new Set<ServerResponse>();
  const server = createServer(
    {
      // A JWT may travel in a header; Node's own default, named here because nothing larger may ever be accepted.
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
      // Longer than the 60 s that load balancers keep an idle connection, so that it is they who close it.
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      active.add(response);
      response.once("close", () => active.delete(response));
      void options.onRequest(request, response);
    },
  );
  server.maxConnections = options.maxConnections;
  // A peer that takes none of an answer for so long is gone. Sockets that were upgraded are exempt.
  server.timeout = 120_000;
  server.on("upgrade", options.onUpgrade);
  const port = await listen(server, options);
  const closed = new Promise<void>((resolve) => server.once("close", resolve));

  return {
    port,
    async drain(graceMs) {
      server.close();
      server.closeIdleConnections();
      await emptied(active, graceMs);
    },
    async close() {
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, { host, port }: ListenerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, host, port)));
    server.listen({ host, port }, () => {
      server.removeAllListeners("error");
      resolve(assertAddress(server.address()).port);
    });
  });
}

function assertAddress(address: AddressInfo | string | null): AddressInfo {
  if (typeof address === "object" && address !== null) return address;
  throw new Error(`a listener on a port has an address, not ${String(address)}`);
}

function cannotListen(error: unknown, host: string, port: number): StartError {
  const because: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} on ${host} is taken; stop what uses it or give another with --port`,
    EACCES: `port ${port} on ${host} needs more rights than this process has; give one above 1023 with --port`,
    EADDRNOTAVAIL: `the host ${host} is not an address of this machine; give another with --host`,
    ENOTFOUND: `the host ${host} is not known; give an address of this machine with --host`,
    EAI_AGAIN: `the host ${host} cannot be looked up; give an address of this machine with --host`,
  };
  const message = because[errorCode(error) ?? ""] ?? `cannot listen on ${host}, port ${port} (${errorMessage(error)})`;
  return new StartError(message, { cause: error });
}

/** Resolves when the set is empty, or after the grace. */
function emptied(active: ReadonlySet<ServerResponse>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, graceMs);
    const check = (): void => {
      if (active.size > 0) return;
      clearTimeout(timer);
      resolve();
    };
    for (const response of active) response.once("close", check);
    check();
  });
}
