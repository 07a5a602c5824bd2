/** Queries over keys and indexes that sort by what the relay keeps, or compare what is no text. */
import { parseSchema } from "@tributary/schema/sdl";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it } from "vitest";
import { sqliteInTempFolder } from "../sqlite-in-temp-folder.ts";
import { type Fields, startGateway } from "../start-gateway.ts";

const schema = parseSchema(`
  type Ticket @model @auth(rules: [{ allow: public }]) {
    id: String!
    state: State! @index(name: "byState", sortKeyFields: ["createdAt"], queryField: "ticketsInState")
    at: AWSTimestamp @index(name: "byTime", sortKeyFields: ["state"], queryField: "ticketsAt")
    day: AWSDate @index(name: "byDay", sortKeyFields: ["at", "weight"], queryField: "ticketsOf")
    weight: Float
  }
  type Seat @model @auth(rules: [{ allow: public }]) {
    row: String! @primaryKey(sortKeyFields: ["number"])
    number: Int!
  }
  enum State {
    OPEN
    DONE
  }
`);

describe.each([
  ["memory", createMemoryAdapter],
  ["sqlite", sqliteInTempFolder],
] as const)("keys over %s", (_, createAdapter) => {
  async function withTickets(): Promise<(query: string) => Promise<string[]>> {
    let now = Date.parse("2024-03-01T00:00:00.000Z");
    const gateway = await startGateway({ schema, adapter: createAdapter(), relay: { now: () => now } });
    for (const [id, state, at, day, weight] of [
      ["c", "OPEN", 5, "2024-01-01", 0.5],
      ["a", "OPEN", 5, "2024-01-01", -1],
      ["d", "DONE", 7, "2024-01-01", 2],
      ["b", "OPEN", 7, null, 3],
    ]) {
      now += 1_000;
      await gateway.field(`mutation ($input: CreateTicketInput!) { createTicket(input: $input) { id } }`, {
        input: { id, state, at, day, weight },
      });
    }
    return async (query) => {
      const { items }: Fields = await gateway.field(`{ ${query} { items { id } } }`);
      return items.map(({ id }: Fields) => id);
    };
  }

  it("GQL-6 an index can be sorted by a timestamp that the relay keeps", async () => {
    const ids = await withTickets();
    expect(await ids(`ticketsInState(state: OPEN)`)).toEqual(["c", "a", "b"]);
    expect(await ids(`ticketsInState(state: OPEN, sortDirection: DESC)`)).toEqual(["b", "a", "c"]);
    expect(await ids(`ticketsInState(state: OPEN, createdAt: { ge: "2024-03-01T00:00:02.000Z" })`)).toEqual(["a", "b"]);
    expect(await ids(`ticketsInState(state: OPEN, createdAt: { beginsWith: "2024-03-01T00:00:01" })`)).toEqual(["c"]);
  });

  it("GQL-6 an index can be asked by a number, and sorted by an enum", async () => {
    const ids = await withTickets();
    expect(await ids(`ticketsAt(at: 7)`)).toEqual(["d", "b"]);
    expect(await ids(`ticketsAt(at: 7, state: { eq: "OPEN" })`)).toEqual(["b"]);
  });

  it("GQL-6 a composite condition compares numbers as numbers", async () => {
    const ids = await withTickets();
    expect(await ids(`ticketsOf(day: "2024-01-01")`)).toEqual(["a", "c", "d"]);
    expect(await ids(`ticketsOf(day: "2024-01-01", atWeight: { gt: { at: 5, weight: -1 } })`)).toEqual(["c", "d"]);
    expect(await ids(`ticketsOf(day: "2024-01-01", atWeight: { le: { at: 7 } })`)).toEqual(["a", "c", "d"]);
    expect(await ids(`ticketsOf(day: "2024-01-01", atWeight: { beginsWith: { at: 5 } })`)).toEqual(["a", "c"]);
  });

  it.each([
    ["listSeats", `row: "A"`, [0, 1, 2, 3, 4]],
    ["listSeats", `row: "A", sortDirection: DESC`, [4, 3, 2, 1, 0]],
    ["syncSeats", `filter: { row: { eq: "A" } }`, [0, 1, 2, 3, 4]],
  ])("GQL-5 GQL-10 pages of a partition of a key hold each record once: %s(%s)", async (field, args, expected) => {
    const gateway = await startGateway({ schema, adapter: createAdapter() });
    for (const row of ["A", "B"]) {
      for (let number = 0; number < 5; number += 1) {
        await gateway.field(`mutation { createSeat(input: { row: "${row}", number: ${number} }) { row } }`);
      }
    }
    // The second field leaves a page to GraphQL's own execution.
    for (const beside of ["", "__typename"]) {
      const pages: number[][] = [];
      let token: string | null = null;
      do {
        const query = `query ($t: String) { ${field}(${args}, limit: 2, nextToken: $t) { items { number } nextToken } ${beside} }`;
        const page: Fields = await gateway.field(query, { t: token });
        pages.push(page.items.map(({ number }: Fields) => number));
        token = page.nextToken;
      } while (token !== null && pages.length < 9);
      expect(pages).toEqual([expected.slice(0, 2), expected.slice(2, 4), expected.slice(4)]);
    }
  });

  it("GQL-5 the limit of a filtered list counts what was looked at", async () => {
    const ids = await withTickets();
    expect(await ids(`listTickets(limit: 2, filter: { weight: { lt: 0 } })`)).toEqual(["a"]);
    expect(await ids(`listTickets(limit: 2, filter: { weight: { gt: 1 } })`)).toEqual(["b"]);
    expect(await ids(`listTickets(limit: 1, filter: { weight: { gt: 1 } })`)).toEqual([]);
    expect(await ids(`syncTickets(limit: 1, filter: { weight: { gt: 1 } })`)).toEqual(["b"]);
  });
});
