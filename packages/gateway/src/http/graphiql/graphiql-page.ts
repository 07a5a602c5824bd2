/**
 * GraphiQL for whoever opens the API in a browser.
 *
 * The page is large and rarely asked for: it is loaded and put together when it first is, and kept compressed. It needs no
 * credential, as it shows nothing; what it asks of the API does.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGunzip, gzip } from "node:zlib";
import type { Introspection } from "../../execute/no-introspection.ts";
import { createPageHtml } from "./page-html.ts";

export interface GraphiqlPage {
  /** Whether a request is that of a browser which opens the address. */
  isAsked(request: IncomingMessage): boolean;
  /** Rejects when the page cannot be put together. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

interface LoadedPage {
  readonly compressed: Buffer;
  readonly policy: string;
  readonly etag: string;
}

/** Where introspection is off, the page asks for no schema and says so. */
export function createGraphiqlPage(introspection: Introspection): GraphiqlPage {
  let loading: Promise<LoadedPage> | null = null;

  /** A failed load is tried again for the next who asks. */
  function loaded(): Promise<LoadedPage> {
    loading ??= load(introspection).catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  return {
    isAsked({ method, headers }) {
      return (method === "GET" || method === "HEAD") && listed(headers.accept).includes("text/html");
    },
    async answer(request, response) {
      await answerPage(await loaded(), request, response);
    },
  };
}

async function load(introspection: Introspection): Promise<LoadedPage> {
  const { html, policy } = createPageHtml(await import("@graphql-yoga/render-graphiql/graphiql"), introspection);
  const compressed = await promisify(gzip)(html);
  const etag = `"${createHash("sha256").update(html).digest("hex").slice(0, 32)}"`;
  return { compressed, policy, etag };
}

async function answerPage(page: LoadedPage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = {
    "cache-control": "no-cache",
    "content-security-policy": page.policy,
    etag: page.etag,
    "referrer-policy": "no-referrer",
    vary: "accept, accept-encoding",
    "x-content-type-options": "nosniff",
  };
  if (listed(request.headers["if-none-match"]).includes(page.etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  response.setHeader("content-type", "text/html; charset=utf-8");
  if (listed(request.headers["accept-encoding"]).includes("gzip")) {
    const length = page.compressed.byteLength;
    response.writeHead(200, { ...headers, "content-encoding": "gzip", "content-length": length });
    response.end(request.method === "HEAD" ? undefined : page.compressed);
    return;
  }
  response.writeHead(200, headers);
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  const expand = createGunzip();
  expand.end(page.compressed);
  try {
    await pipeline(expand, response);
  } catch (error) {
    // A browser that went away needs no page.
    if (!response.destroyed) throw error;
  }
}

/** The members of a header that lists values, without their parameters. */
function listed(header: string | undefined): string[] {
  return (header ?? "").split(",").map((part) => part.split(";")[0]?.trim().toLowerCase() ?? "");
}
