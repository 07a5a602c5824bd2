/** Syncs whose filters pass few records, or name an index. */
import { parseSchema } from "@tributary/schema/sdl";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it, vi } from "vitest";
import { sqliteInTempFolder } from "../sqlite-in-temp-folder.ts";
import { type Fields, type StartedGateway, type StartOptions, startGateway } from "../start-gateway.ts";

const schema = parseSchema(`
  type Card @model @auth(rules: [{ allow: public }]) {
    title: String!
    boardID: ID @index(name: "byBoard", sortKeyFields: ["rank"], queryField: "cardsOfBoard")
    rank: Int
  }
`);

interface Page {
  readonly ids: string[];
  readonly nextToken: string | null;
  readonly startedAt: number;
}

describe.each([
  ["memory", createMemoryAdapter],
  ["sqlite", sqliteInTempFolder],
] as const)("syncs over %s", (_, createAdapter) => {
  let now = Date.parse("2024-03-01T00:00:00.000Z");

  const start = (options: StartOptions = {}): Promise<StartedGateway> =>
    startGateway({ schema, adapter: createAdapter(), relay: { now: () => now }, now: () => now, ...options });

  async function create(gateway: StartedGateway, input: Fields): Promise<void> {
    await gateway.field(`mutation ($input: CreateCardInput!) { createCard(input: $input) { id } }`, { input });
  }

  /** Reads on to the end; time goes on between pages. */
  async function pagesOf(gateway: StartedGateway, args: string): Promise<Page[]> {
    const pages: Page[] = [];
    for (let nextToken: string | null = null; ; ) {
      now += 7;
      const page: Fields = await gateway.field(
        `query ($t: String) { syncCards(${args}, nextToken: $t) { items { id } nextToken startedAt } }`,
        { t: nextToken },
      );
      pages.push({ ids: page.items.map(({ id }: Fields) => id), nextToken: page.nextToken, startedAt: page.startedAt });
      nextToken = page.nextToken;
      if (nextToken === null) return pages;
    }
  }

  it("GQL-10 a page for which too much was looked at ends early and leads on, with the startedAt of the first", async () => {
    const gateway = await start();
    for (let i = 0; i < 45; i += 1) await create(gateway, { id: `c${i + 10}`, title: i === 37 ? "rare" : "common" });
    const pages = await pagesOf(gateway, `limit: 1, filter: { title: { eq: "rare" } }`);
    expect(pages.map(({ ids }) => ids)).toEqual([[], [], [], ["c47"], []]);
    expect(new Set(pages.map(({ startedAt }) => startedAt)).size).toBe(1);
    const none = await pagesOf(gateway, `limit: 2, filter: { title: { eq: "none" } }`);
    expect(none.map(({ ids }) => ids)).toEqual([[], [], []]);
  });

  it("GQL-11 so does a page of changes", async () => {
    const gateway = await start();
    const since = now;
    for (let i = 0; i < 25; i += 1) await create(gateway, { id: `c${i + 10}`, title: i === 17 ? "rare" : "common" });
    const pages = await pagesOf(gateway, `limit: 1, lastSync: ${since}, filter: { title: { eq: "rare" } }`);
    expect(pages.map(({ ids }) => ids)).toEqual([[], ["c27"], []]);
    expect(new Set(pages.map(({ startedAt }) => startedAt)).size).toBe(1);
  });

  it("GQL-8 what a page passes over counts a tenth", async () => {
    const gateway = await start({ limits: { maxRecordsPerRequest: 7 } });
    for (let i = 0; i < 30; i += 1) await create(gateway, { id: `c${i + 10}`, title: "common" });
    const none = (limit: number): string =>
      `syncCards(limit: ${limit}, filter: { title: { eq: "none" } }) { nextToken }`;
    expect((await gateway.ask(`{ a: ${none(9)} b: ${none(9)} }`)).errors).toBeUndefined();
    expect((await gateway.ask(`{ a: ${none(9)} b: ${none(9)} c: ${none(9)} }`)).errors).toMatchObject([
      { errorType: "LimitExceededError" },
    ]);
  });

  it("GQL-10 a filter that names the first field of an index looks at the records of that index alone", async () => {
    const gateway = await start();
    const queries = vi.spyOn(gateway.relay.records, "query");
    for (let i = 0; i < 40; i += 1) {
      const rank = i % 3 === 0 ? null : 40 - i;
      await create(gateway, {
        id: `c${i + 10}`,
        title: i % 2 === 0 ? "even" : "odd",
        boardID: i % 8 === 0 ? "b1" : "b2",
        rank,
      });
    }
    await gateway.field(`mutation { deleteCard(input: { id: "c34", _version: 1 }) { id } }`);
    const ofBoard = `filter: { and: [{ boardID: { eq: "b1" } }] }`;
    const whole = await pagesOf(gateway, `limit: 100, ${ofBoard}`);
    expect(whole.flatMap(({ ids }) => ids).toSorted()).toEqual(["c10", "c18", "c26", "c34", "c42"]);
    for (const { value } of queries.mock.settledResults.filter(({ type }) => type === "fulfilled")) {
      expect(value.looked).toBe(5);
    }
    // A record without a rank stands in no page twice, and in none too few.
    for (const limit of [1, 2, 3]) {
      const paged = await pagesOf(gateway, `limit: ${limit}, ${ofBoard}`);
      expect(paged.map(({ ids }) => ids.length).every((length) => length <= limit)).toBe(true);
      expect(paged.flatMap(({ ids }) => ids)).toEqual(whole.flatMap(({ ids }) => ids));
    }
    const even = await pagesOf(
      gateway,
      `limit: 2, filter: { and: [{ boardID: { eq: "b2" } }, { title: { eq: "even" } }] }`,
    );
    expect(even.flatMap(({ ids }) => ids)).toHaveLength(15);
  });
});
