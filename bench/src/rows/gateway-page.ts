/** Pages of 1,000 records over GraphQL and HTTP, one after the other through 100,000, as an Amplify client takes them over. */
import { Agent, request } from "node:http";
import { type Child, startChild } from "../child.ts";
import { nowUs, perSecond } from "../clock.ts";
import { startRelay, startWriter } from "../relay/start-relay.ts";
import type { Row, Side, SideContext } from "../row.ts";

const PAGE = 1000;
const PAGES_PER_SAMPLE = 200;

const wholeSelection = "id message roomId senderId createdAt status likes _version _deleted _lastChangedAt";
const subset = "id likes _version _deleted";

const storedOf = (context: SideContext): number => context.size(100_000, 10_000);

/** Pages by the URL and body of their requests, asked for in turn. */
interface PageRequest {
  readonly url: string;
  readonly body: string;
}

/** A connection that is kept. */
interface PageClient {
  ask(page: PageRequest): Promise<Buffer>;
  close(): void;
}

function gatewayPage(name: string, title: string, selection: string, goal: number): Row {
  const pageField = `syncMessages(limit: $limit, nextToken: $nextToken) { items { ${selection} } nextToken startedAt }`;
  const query = `query Sync($limit: Int, $nextToken: String) { ${pageField} }`;
  /** Another field beside the page, and graphql-js executes it all. */
  const executedQuery = `query Sync($limit: Int, $nextToken: String) { __typename ${pageField} }`;

  const ours: Side = async (context) => {
    const relay = await startRelay(context.folder);
    const writer = await startWriter(context.folder, relay.url);
    await writer.create(storedOf(context));
    await writer.stop();
    const client = openPageClient();
    const pages: PageRequest[] = [];
    for (let nextToken: string | null = null; pages.length < storedOf(context) / PAGE; ) {
      const page = {
        url: `${relay.url}/graphql`,
        body: JSON.stringify({ query, variables: { limit: PAGE, nextToken } }),
      };
      pages.push(page);
      nextToken = tokenOf(await client.ask(page));
    }
    const executed = pages.map(({ url, body }) => ({ url, body: body.replace(query, executedQuery) }));
    return {
      async sample() {
        const value = await pagesPerSecond(client, pages, context.size(PAGES_PER_SAMPLE, 20));
        const slower = await pagesPerSecond(client, executed, context.size(PAGES_PER_SAMPLE / 10, 5));
        return { value, notes: { times_graphql_js: value / slower } };
      },
      close: () => closeAll(client, relay.child),
    };
  };

  const served =
    (path: string): Side =>
    async (context) => {
      const child = startChild("limits/page-server-process.js", [context.folder]);
      await child.ask("fill", storedOf(context));
      if (path === "graphql") await child.ask("loadGraphql");
      const url = await child.ask<string>("url");
      const body = JSON.stringify({ query, variables: { limit: PAGE, nextToken: null } });
      const pages = Array.from({ length: storedOf(context) / PAGE }, (_, i) => ({
        url: `${url}/${path}?after=${i * PAGE}`,
        body,
      }));
      const client = openPageClient();
      return {
        sample: async () => ({ value: await pagesPerSecond(client, pages, context.size(PAGES_PER_SAMPLE, 20)) }),
        close: () => closeAll(client, child),
      };
    };

  return {
    name,
    title,
    unit: "pages/s",
    better: "more",
    goal,
    against: "limit: whole records stored as JSON text, joined, over HTTP",
    durability: "read",
    ours,
    baseline: served("json"),
    peers: {
      "graphql-js": { side: served("graphql"), goal: 5, remark: "graphql-js over rows, without filter and access" },
    },
  };
}

/** Each page is asked for when the one before it has come, not in their order. */
async function pagesPerSecond(client: PageClient, pages: readonly PageRequest[], count: number): Promise<number> {
  const startUs = nowUs();
  for (let i = 0; i < count; i++) await client.ask(pages[(i * 7) % pages.length] ?? { url: "", body: "" });
  return perSecond(count, startUs);
}

async function closeAll(client: PageClient, child: Child): Promise<void> {
  client.close();
  await child.stop();
}

function tokenOf(answer: Buffer): string | null {
  const { data } = JSON.parse(answer.toString()) as {
    readonly data: { readonly syncMessages: { readonly items: readonly unknown[]; readonly nextToken: string | null } };
  };
  if (data.syncMessages.items.length !== PAGE)
    throw new Error(`a page holds ${data.syncMessages.items.length} records`);
  return data.syncMessages.nextToken;
}

function openPageClient(): PageClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    ask: ({ url, body }) =>
      new Promise((resolve, reject) => {
        const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
        const sent = request(url, { method: "POST", agent, headers }, (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.once("error", reject);
          response.once("end", () => {
            const answer = Buffer.concat(parts);
            if (response.statusCode === 200) resolve(answer);
            else reject(new Error(`${url} answered ${response.statusCode}: ${answer.subarray(0, 300)}`));
          });
        });
        sent.once("error", reject);
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}

export const gatewayWhole: Row = gatewayPage(
  "gateway-page",
  "GraphQL page of 1,000, whole records",
  wholeSelection,
  0.6,
);
export const gatewaySubset: Row = gatewayPage("gateway-subset", "GraphQL page of 1,000, four fields", subset, 0.3);
