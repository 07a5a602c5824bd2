/** Pages of 1,000 records of 100,000 through the GraphQL gateway, one after the other, as a first `syncMessages` reads them. */
import type { Buffer } from "node:buffer";
import { startChild } from "../child.ts";
import { nowUs, perSecond } from "../clock.ts";
import { createFetcher, type Fetcher } from "../fetch-bytes.ts";
import { startRelay, startWriter } from "../relay/start-relay.ts";
import type { Row, Side, SideContext } from "../row.ts";

const PAGE = 1000;
const storedOf = (context: SideContext): number => context.size(100_000, 10_000);
const pagesOf = (context: SideContext): number => context.size(400, 20);

/** Asks for the page behind a token. */
type ReadPage = (fetcher: Fetcher, token: string | null) => Promise<Buffer>;

/** Pages a second, from the first to the last and again. Each is as long as the first, which is looked into. */
async function readPages(fetcher: Fetcher, readPage: ReadPage, count: number): Promise<number> {
  assertWhole(await readPage(fetcher, null));
  const startUs = nowUs();
  let token: string | null = null;
  for (let i = 0; i < count; i++) token = tokenIn(await readPage(fetcher, token));
  return perSecond(count, startUs);
}

function assertWhole(page: Buffer): void {
  const { data } = JSON.parse(page.toString()) as { data: { syncMessages: { items: readonly unknown[] } } };
  const { length } = data.syncMessages.items;
  if (length !== PAGE) throw new Error(`a page of ${length} records instead of ${PAGE}`);
}

/** The token stands at the end. */
function tokenIn(page: Buffer): string | null {
  const end = page.subarray(-2000).toString();
  if (!end.includes('"nextToken"')) throw new Error(`no page: ${page.subarray(0, 200).toString()}`);
  return /"nextToken":"([^"]+)"/.exec(end)?.[1] ?? null;
}

/** Compiled, and the same pages by graphql-js, to which another field in the document leaves them. */
function ours(selection: string): Side {
  const ask = (url: string, beside: string): ReadPage => {
    const page = `syncMessages(limit: ${PAGE}, nextToken: $token) { items { ${selection} } nextToken startedAt }`;
    const query = `query Sync($token: String) { ${beside} ${page} }`;
    return (fetcher, token) => fetcher.fetchBytes(`${url}/graphql`, JSON.stringify({ query, variables: { token } }));
  };
  return async (context) => {
    const relay = await startRelay(context.folder);
    const writer = await startWriter(context.folder, relay.url);
    await writer.create(storedOf(context));
    await writer.stop();
    const fetcher = createFetcher();
    return {
      async sample() {
        const value = await readPages(fetcher, ask(relay.url, ""), pagesOf(context));
        const executed = await readPages(fetcher, ask(relay.url, "__typename"), context.size(40, 2));
        return { value, notes: { times_graphql_js: value / executed } };
      },
      async close() {
        fetcher.close();
        await relay.child.stop();
      },
    };
  };
}

const limit: Side = async (context) => {
  const child = startChild("limits/limit-pages-process.js", [context.folder]);
  const url = await child.ask<string>("url");
  await child.ask("fill", storedOf(context));
  const fetcher = createFetcher();
  return {
    async sample() {
      const readPage: ReadPage = (one, token) => one.fetchBytes(`${url}/?after=${token ?? 0}`);
      return { value: await readPages(fetcher, readPage, pagesOf(context)) };
    },
    async close() {
      fetcher.close();
      await child.stop();
    },
  };
};

const shared = {
  unit: "pages/s",
  better: "more",
  against: "limit: whole records' JSON as stored, with commas between",
  durability: "read",
  baseline: limit,
} as const;

export const gatewayPage: Row = {
  ...shared,
  name: "gateway-page",
  title: "GraphQL page of 1,000, every field",
  goal: 0.6,
  ours: ours("id message roomId senderId createdAt status likes _version _deleted _lastChangedAt"),
};

export const gatewayPageSubset: Row = {
  ...shared,
  name: "gateway-page-subset",
  title: "GraphQL page of 1,000, three fields",
  goal: 0.3,
  ours: ours("id message createdAt"),
};
