/**
 * Random readers page through lists, indexes and relations while records are written and deleted: what stays where it is, is
 * answered exactly once and in order, and each page looks at no more records than it was asked for.
 */
import { parseSchema } from "@tributary/schema/sdl";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../random.ts";
import { sqliteInTempFolder } from "../sqlite-in-temp-folder.ts";
import { type Fields, type StartedGateway, startGateway } from "../start-gateway.ts";

const schema = parseSchema(`
  type Board @model @auth(rules: [{ allow: public }]) {
    cards: [Card] @hasMany(indexName: "byBoard", fields: ["id"])
  }
  type Card @model @auth(rules: [{ allow: public }]) {
    boardID: ID @index(name: "byBoard", sortKeyFields: ["rank", "label"], queryField: "cardsOfBoard")
    rank: Int
    label: String
    mark: Boolean
  }
`);

const CARDS = 40;
const WALKS = 12;
const MOST_PAGES = 3 * CARDS;

interface Card {
  readonly id: string;
  readonly boardID: string | null;
  readonly rank: number | null;
  readonly label: string | null;
  readonly mark: boolean;
}

const labels = ["", "a", "b", "\u00e9", "\u{1f600}", null];

function randomCard(random: Random, id: string): Card {
  return {
    id,
    boardID: random(6) === 0 ? null : `b${random(2)}`,
    rank: random(8) === 0 ? null : random(5) - 2,
    label: labels[random(labels.length)] ?? null,
    mark: random(3) > 0,
  };
}

/** A way through some of the cards: what it asks, which cards it is about, and how those are ordered. */
interface Walk {
  readonly query: (args: string) => string;
  readonly isAbout: (card: Card) => boolean;
  readonly order: (card: Card) => readonly (string | number)[];
}

const page = "{ items { id _deleted } nextToken }";
const byRank: Pick<Walk, "isAbout" | "order"> = {
  isAbout: ({ boardID, rank, label }) => boardID === "b1" && rank !== null && label !== null,
  order: ({ rank, label, id }) => [rank ?? 0, label ?? "", id],
};
const walks: readonly Walk[] = [
  { query: (args) => `list: listCards(${args}) ${page}`, isAbout: () => true, order: ({ id }) => [id] },
  { query: (args) => `list: cardsOfBoard(boardID: "b1", ${args}) ${page}`, ...byRank },
  { query: (args) => `board: getBoard(id: "b1") { list: cards(${args}) ${page} }`, ...byRank },
];

function isBefore(left: readonly (string | number)[], right: readonly (string | number)[]): boolean {
  for (const [i, value] of left.entries()) {
    const other = right[i] ?? "";
    if (value === other) continue;
    if (typeof value === "string") return Buffer.compare(Buffer.from(value), Buffer.from(String(other))) < 0;
    return value < Number(other);
  }
  return false;
}

describe.each([
  ["memory", createMemoryAdapter],
  ["sqlite", sqliteInTempFolder],
] as const)("pages over %s", (_, createAdapter) => {
  it.each([1, 2, 3])("GQL-5 GQL-34 hold what stays exactly once while others change (seed %i)", async (seed) => {
    const random = createRandom(seed);
    const gateway = await startGateway({ schema, adapter: createAdapter() });
    await gateway.field(`mutation { createBoard(input: { id: "b1" }) { id } }`);
    const cards = new Map<string, Card>();
    let made = 0;
    const add = async (): Promise<void> => {
      const card = randomCard(random, `c${random(1000)}-${made}`);
      made += 1;
      await write(gateway, "create", card);
      cards.set(card.id, card);
    };
    for (let i = 0; i < CARDS; i += 1) await add();
    let pages = 0;
    let seen = 0;
    for (let i = 0; i < WALKS; i += 1) {
      const walk = walks[i % walks.length] as Walk;
      const isDown = i % 3 !== 0 && random(2) === 0;
      const limit = 1 + random(7);
      const withMark = random(2) === 0;
      const staying = new Map(cards);
      const answered: string[] = [];
      const moved = new Set<string>();
      let walked = 0;
      let nextToken: string | null = null;
      do {
        const args = `limit: ${limit}, nextToken: $t${isDown ? ", sortDirection: DESC" : ""}${withMark ? ", filter: { mark: { eq: true } }" : ""}`;
        const found: Fields = await gateway.field(`query ($t: String) { ${walk.query(args)} }`, { t: nextToken });
        const { items, nextToken: next }: Fields = found.list ?? found;
        expect(items.length).toBeLessThanOrEqual(limit);
        answered.push(...items.map(({ id }: Fields) => id));
        nextToken = next;
        pages += 1;
        walked += 1;
        expect(walked, "a walk comes to an end").toBeLessThan(MOST_PAGES);
        const [victim] = [...cards.keys()].slice(random(cards.size));
        if (random(3) === 0) await add();
        else if (random(2) === 0 && victim !== undefined) {
          const card = randomCard(random, victim);
          await write(gateway, "update", card);
          cards.set(victim, card);
          moved.add(victim);
        }
      } while (nextToken !== null);
      const expected = [...staying.values()]
        .filter((card) => !moved.has(card.id) && walk.isAbout(card) && (card.mark || !withMark))
        .sort((left, right) => (isBefore(walk.order(left), walk.order(right)) === isDown ? 1 : -1))
        .map(({ id }) => id);
      expect(
        answered.filter((id) => staying.has(id) && !moved.has(id)),
        `walk ${i}: ${walk.query("")}`,
      ).toEqual(expected);
      seen += expected.length;
    }
    expect(pages).toBeGreaterThan(WALKS * 3);
    expect(seen).toBeGreaterThan(WALKS * 5);
  });
});

async function write(gateway: StartedGateway, operation: "create" | "update", card: Card): Promise<void> {
  const name = operation === "create" ? "Create" : "Update";
  await gateway.field(`mutation ($input: ${name}CardInput!) { ${operation}Card(input: $input) { id } }`, {
    input: card,
  });
}
