/** Relations over a real relay: what a caller sees of the records that a record leads to. */
import type { SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it, vi } from "vitest";
import { sqliteInTempFolder } from "../sqlite-in-temp-folder.ts";
import { type Fields, type StartedGateway, type StartOptions, startGateway } from "../start-gateway.ts";

const open = "@model @auth(rules: [{ allow: public }])";

const library: SchemaDescription = parseSchema(`
  type Author ${open} {
    name: String!
    books: [Book] @hasMany
    desk: Desk @hasOne
    essays: [Essay] @hasMany(indexName: "byAuthor", fields: ["id"], limit: 2)
    diary: [Secret] @hasMany
    mentorID: ID @index(name: "byMentor")
    mentor: Author @belongsTo(fields: ["mentorID"])
    peers: [Author] @hasMany(indexName: "byMentor", fields: ["mentorID"])
    secretID: ID
    secret: Secret @belongsTo(fields: ["secretID"])
  }
  type Book ${open} {
    title: String!
    pages: Int
    author: Author @belongsTo
    genres: [Genre] @manyToMany(relationName: "BookGenres")
  }
  type Genre ${open} {
    label: String! @primaryKey(sortKeyFields: ["year"])
    year: Int!
    books: [Book] @manyToMany(relationName: "BookGenres")
  }
  type Desk ${open} {
    room: String!
    author: Author @belongsTo
  }
  type Essay ${open} {
    authorID: ID! @index(name: "byAuthor", sortKeyFields: ["year", "part"])
    year: Int
    part: String
    author: Author! @belongsTo(fields: ["authorID"])
  }
  type Shelf ${open} {
    room: String! @primaryKey(sortKeyFields: ["number"])
    number: Int!
    label: String
    slots: [Slot] @hasMany
    neighbours: [Shelf] @hasMany(fields: ["label"])
  }
  type Slot ${open} {
    side: ID! @primaryKey(sortKeyFields: ["place"])
    place: Int!
    shelf: Shelf @belongsTo
  }
  type Secret @model {
    text: String
  }
`);

const rooms: SchemaDescription = parseSchema(`
  type User ${open} {
    id: ID!
    name: String
    rooms: [Room] @connection(keyName: "byUser", fields: ["id"])
    notes: [Note] @connection(name: "UserNotes")
    photos: [Photo] @connection
    cover: Photo @connection
    hits: [Hit] @connection(name: "UserHits", keyField: "userId", sortField: "rank")
  }
  type Room ${open} @key(name: "byUser", fields: ["userID", "topic"]) {
    id: ID!
    userID: ID
    topic: String
    user: User @connection(fields: ["userID"])
  }
  type Note ${open} {
    id: ID!
    text: String
    user: User @connection(name: "UserNotes")
  }
  type Photo ${open} {
    id: ID!
    url: String
  }
  type Hit ${open} {
    id: ID!
    userId: ID!
    rank: Int!
    user: User @connection(name: "UserHits", keyField: "userId", sortField: "rank")
  }
`);

const create = (gateway: StartedGateway, model: string, input: object): Promise<Fields> =>
  gateway.field(`mutation ($input: Create${model}Input!) { create${model}(input: $input) { __typename _version } }`, {
    input,
  });

const titles = ({ items }: Fields, name = "title"): string[] => items.map((item: Fields) => item[name]);

describe.each([
  ["memory", createMemoryAdapter],
  ["sqlite", sqliteInTempFolder],
] as const)("relations over %s", (_, createAdapter) => {
  const start = (options: StartOptions = {}): Promise<StartedGateway> =>
    startGateway({ schema: library, adapter: createAdapter(), ...options });

  async function withBooks(): Promise<StartedGateway> {
    const gateway = await start();
    for (const id of ["a1", "a2"]) await create(gateway, "Author", { id, name: id });
    for (const [id, pages] of [
      ["b1", 3],
      ["b2", 1],
      ["b3", 2],
      ["b4", null],
    ]) {
      await create(gateway, "Book", { id, title: id, pages, authorBooksId: "a1" });
    }
    await create(gateway, "Book", { id: "b5", title: "b5", authorBooksId: "a2" });
    await create(gateway, "Book", { id: "b6", title: "b6" });
    return gateway;
  }

  it("GQL-33 a record leads to the one whose key it holds, to a deleted one too", async () => {
    const gateway = await withBooks();
    const authors = async (): Promise<unknown[]> => {
      const { items } = await gateway.field(`{ listBooks { items { author { id name _deleted } } } }`);
      return items.map(({ author }: Fields) => author);
    };
    const a1 = { id: "a1", name: "a1", _deleted: null };
    expect(await authors()).toEqual([a1, a1, a1, a1, { id: "a2", name: "a2", _deleted: null }, null]);
    await gateway.field(`mutation { deleteAuthor(input: { id: "a2", _version: 1 }) { id } }`);
    await gateway.field(`mutation { updateBook(input: { id: "b1", authorBooksId: "nobody" }) { id } }`);
    expect(await authors()).toEqual([null, a1, a1, a1, { id: "a2", name: "a2", _deleted: true }, null]);
  });

  it("GQL-33 a required relation to nothing is an error of that record alone", async () => {
    const gateway = await start();
    await create(gateway, "Essay", { id: "e1", authorID: "nobody" });
    const { data, errors } = await gateway.ask(`{ listEssays { items { id author { id } } } }`);
    expect(data).toEqual({ listEssays: { items: [null] } });
    expect(errors?.map(({ path, message }) => [path, message])).toEqual([
      [["listEssays", "items", 0, "author"], expect.stringContaining("Cannot return null for non-nullable")],
    ]);
  });

  it("GQL-33 the records of a page lead to theirs by one read a model, within what the request may read", async () => {
    const gateway = await start({ limits: { maxRecordsPerRequest: 60 } });
    const [many, one] = [vi.spyOn(gateway.relay.records, "getMany"), vi.spyOn(gateway.relay.records, "get")];
    for (const id of ["a1", "a2"]) await create(gateway, "Author", { id, name: id, authorDeskId: `d-${id}` });
    await create(gateway, "Desk", { id: "d-a1", room: "r" });
    for (let i = 0; i < 20; i += 1) {
      const id = `b${i + 10}`;
      await create(gateway, "Book", { id, title: id, authorBooksId: ["a1", "a2", "nobody", null][i % 4] });
    }
    many.mockClear();
    one.mockClear();
    // 20 books and 15 authors; 10 of those hold a desk's key.
    // The second field leaves the page to GraphQL's own execution.
    const { items } = await gateway.field(`{ listBooks { items { author { name desk { room } } } } __typename }`);
    expect(items.slice(0, 4).map(({ author }: Fields) => author)).toEqual([
      { name: "a1", desk: { room: "r" } },
      { name: "a2", desk: null },
      null,
      null,
    ]);
    expect(many.mock.calls.map(([, model, keys]) => [model, keys])).toEqual([
      ["Author", ["a1", "a2", "nobody"]],
      ["Desk", ["d-a1", "d-a2"]],
    ]);
    expect(one).not.toHaveBeenCalled();
    const twice = await gateway.ask(
      `{ listBooks { items { author { name } again: author { id } more: author { id } } } }`,
    );
    expect(twice.errors?.map(({ errorType }) => errorType)).toEqual(Array(5).fill("LimitExceededError"));
    expect(twice.data?.listBooks.items.filter(({ author }: Fields) => author !== null)).toHaveLength(10);
  });

  it("GQL-33 a document's later mutation leads to what its earlier one wrote", async () => {
    const gateway = await withBooks();
    const { data } = await gateway.ask(`mutation {
      a: updateBook(input: { id: "b1", title: "x" }) { author { name } }
      b: updateAuthor(input: { id: "a1", name: "new" }) { id }
      c: updateBook(input: { id: "b1", title: "y" }) { author { name } }
    }`);
    expect(data).toEqual({ a: { author: { name: "a1" } }, b: { id: "a1" }, c: { author: { name: "new" } } });
  });

  it("GQL-33 has-one and belongs-to have a key each", async () => {
    const gateway = await start();
    await create(gateway, "Desk", { id: "d1", room: "r", deskAuthorId: "a1" });
    await create(gateway, "Author", { id: "a1", name: "a", authorDeskId: "d1", mentorID: "a1" });
    expect(await gateway.field(`{ getAuthor(id: "a1") { desk { room author { mentor { id } } } } }`)).toEqual({
      desk: { room: "r", author: { mentor: { id: "a1" } } },
    });
  });

  it("GQL-34 a record leads to those that hold its key, by pages", async () => {
    const gateway = await withBooks();
    await gateway.field(`mutation { deleteBook(input: { id: "b2", _version: 1 }) { id } }`);
    const pageOf = (id: string, args: string, nextToken: string | null = null): Promise<Fields> =>
      gateway
        .field(
          `query ($nextToken: String) { getAuthor(id: "${id}") { books(nextToken: $nextToken${args}) { items { title } nextToken startedAt } } }`,
          { nextToken },
        )
        .then(({ books }) => books);
    expect(titles(await pageOf("a1", ""))).toEqual(["b1", "b2", "b3", "b4"]);
    expect(titles(await pageOf("a2", ""))).toEqual(["b5"]);
    expect(titles(await pageOf("a1", ", sortDirection: DESC"))).toEqual(["b4", "b3", "b2", "b1"]);
    const first = await pageOf("a1", ", limit: 3");
    expect(titles(first)).toEqual(["b1", "b2", "b3"]);
    const second = await pageOf("a1", ", limit: 3", first.nextToken);
    expect(second).toEqual({ items: [{ title: "b4" }], nextToken: null, startedAt: first.startedAt });
    await expect(pageOf("a2", ", limit: 3", first.nextToken)).rejects.toThrow("another query");
    expect(await pageOf("a1", ", limit: 2, filter: { pages: { eq: 2 } }")).toMatchObject({
      items: [],
      nextToken: expect.any(String),
    });
    expect(titles(await pageOf("a1", ", filter: { pages: { ge: 1 }, _deleted: { ne: true } }"))).toEqual(["b1", "b3"]);
  });

  it("GQL-34 an index that serves a relation sorts it, within what its argument asks", async () => {
    const gateway = await start();
    await create(gateway, "Author", { id: "a1", name: "a" });
    for (const [id, year, part] of [
      ["e1", 2002, "b"],
      ["e2", 2002, "a"],
      ["e3", 2001, "c"],
      ["e4", null, "d"],
      ["e5", 2003, null],
      ["e6", 2003, "a"],
    ]) {
      await create(gateway, "Essay", { id, year, part, authorID: "a1" });
    }
    const essays = async (args: string): Promise<string[]> => {
      const { essays } = await gateway.field(`{ getAuthor(id: "a1") { essays${args} { items { id } } } }`);
      return titles(essays, "id");
    };
    expect(await essays("(limit: 9)")).toEqual(["e3", "e2", "e1", "e6"]);
    expect(await essays("")).toEqual(["e3", "e2"]);
    expect(await essays("(limit: 9, sortDirection: DESC)")).toEqual(["e6", "e1", "e2", "e3"]);
    expect(await essays(`(limit: 9, yearPart: { ge: { year: 2002, part: "b" } })`)).toEqual(["e1", "e6"]);
  });

  it("GQL-34 a key of several parts is matched part by part", async () => {
    const gateway = await start();
    for (const number of [1, 2])
      await create(gateway, "Shelf", { room: "r", number, label: number === 1 ? "r" : null });
    for (const [side, place, number] of [
      ["left", 2, 1],
      ["left", 1, 1],
      ["right", 1, 1],
      ["right", 3, 2],
    ]) {
      await create(gateway, "Slot", { side, place, shelfSlotsRoom: "r", shelfSlotsNumber: number });
    }
    const { items } = await gateway.field(
      `{ listShelves(room: "r") { items { slots { items { side place shelf { number } } } one: slots(place: { gt: 1 }) { items { side } } neighbours { items { number } } } } }`,
    );
    expect(items).toEqual([
      {
        slots: {
          items: [
            { side: "left", place: 1, shelf: { number: 1 } },
            { side: "right", place: 1, shelf: { number: 1 } },
            { side: "left", place: 2, shelf: { number: 1 } },
          ],
        },
        one: { items: [{ side: "left" }] },
        neighbours: { items: [{ number: 1 }, { number: 2 }] },
      },
      {
        slots: { items: [{ side: "right", place: 3, shelf: { number: 2 } }] },
        one: { items: [{ side: "right" }] },
        neighbours: { items: [] },
      },
    ]);
  });

  it("GQL-34 nothing belongs to a record by a value that it does not have", async () => {
    const gateway = await start();
    for (const [id, mentorID] of [
      ["a1", "m"],
      ["a2", "m"],
      ["a3", null],
      ["a4", null],
    ]) {
      await create(gateway, "Author", { id, name: "a", mentorID });
    }
    const { items } = await gateway.field(`{ listAuthors { items { peers { items { id } nextToken } } } }`);
    const both = { items: [{ id: "a1" }, { id: "a2" }], nextToken: null };
    const none = { items: [], nextToken: null };
    expect(items.map(({ peers }: Fields) => peers)).toEqual([both, both, none, none]);
  });

  it("GQL-35 many-to-many goes through the join model, from both sides and by its own queries", async () => {
    const gateway = await start();
    for (const id of ["b1", "b2"]) await create(gateway, "Book", { id, title: id });
    for (const year of [1, 2]) await create(gateway, "Genre", { label: "g", year });
    for (const [id, bookId, genreyear] of [
      ["j1", "b1", 1],
      ["j2", "b1", 2],
      ["j3", "b2", 2],
    ]) {
      await create(gateway, "BookGenres", { id, bookId, genreLabel: "g", genreyear });
    }
    expect(
      await gateway.field(`{ getBook(id: "b1") { genres(limit: 1) { items { genre { label year } } nextToken } } }`),
    ).toEqual({ genres: { items: [{ genre: { label: "g", year: 1 } }], nextToken: expect.any(String) } });
    expect(await gateway.field(`{ getGenre(label: "g", year: 2) { books { items { book { title } } } } }`)).toEqual({
      books: { items: [{ book: { title: "b1" } }, { book: { title: "b2" } }] },
    });
    const query = `bookGenresByGenreLabelAndGenreyear(genreLabel: "g", genreyear: { eq: 1 }) { items { id } }`;
    expect(titles(await gateway.field(`{ ${query} }`), "id")).toEqual(["j1"]);
  });

  it("GQL-36 a relation to what may not be read is refused where it stands", async () => {
    const gateway = await withBooks();
    expect(await gateway.field(`{ getAuthor(id: "a1") { secret { text } } }`)).toEqual({ secret: null });
    await gateway.field(`mutation { updateAuthor(input: { id: "a1", secretID: "s" }) { id } }`);
    const { data, errors } = await gateway.ask(
      `{ getAuthor(id: "a1") { name diary { items { text } } secret { text } } }`,
    );
    expect(data).toEqual({ getAuthor: { name: "a1", diary: null, secret: null } });
    expect(new Map(errors?.map(({ path, errorType, message }) => [path?.join("."), [errorType, message]]))).toEqual(
      new Map([
        ["getAuthor.diary", ["Unauthorized", "Not Authorized to access diary on type Author"]],
        ["getAuthor.secret", ["Unauthorized", "Not Authorized to access secret on type Author"]],
      ]),
    );
  });

  it("GQL-34 mutations answer relations, and subscriptions deliver them", async () => {
    const gateway = await withBooks();
    const events = gateway.client().iterate({ query: `subscription { onUpdateBook { title author { name } } }` });
    const next = events.next();
    let delivered: unknown = null;
    void next.then(({ value }) => {
      delivered = value?.data;
    });
    // Nobody is told when a subscription has begun, so there are changes until one arrives.
    for (let i = 0; delivered === null; i += 1) {
      const changed = await gateway.field(
        `mutation { updateBook(input: { id: "b5", title: "title ${i}" }) { author { books { items { title } } } } }`,
      );
      expect(changed).toEqual({ author: { books: { items: [{ title: `title ${i}` }] } } });
    }
    expect(delivered).toEqual({ onUpdateBook: { title: expect.stringMatching(/^title/), author: { name: "a2" } } });
  });

  it("GQL-17 the record that an error carries leads on as it was asked to", async () => {
    const gateway = await withBooks();
    const { errors } = await gateway.ask(
      `mutation { deleteBook(input: { id: "b1", _version: 9 }) { title author { id name _deleted } } }`,
    );
    expect(errors).toMatchObject([
      {
        errorType: "ConflictUnhandled",
        data: { title: "b1", author: { id: "a1", name: "a1", _deleted: null } },
      },
    ]);
  });

  it("GQL-8 what counts in a request is what was read, however much might have been", async () => {
    const gateway = await start({ limits: { maxRecordsPerRequest: 50 } });
    for (let i = 0; i < 20; i += 1) {
      await create(gateway, "Author", { id: `a${i}`, name: "a" });
      await create(gateway, "Book", { title: "b", authorBooksId: `a${i}` });
    }
    const { items } = await gateway.field(`{ listAuthors { items { books { items { title } } } } }`);
    expect(items).toHaveLength(20);
    const { errors } = await gateway.ask(`{ listAuthors { items { books { items { author { id } } } } } }`);
    expect(errors?.length).toBe(10);
    expect(new Set(errors?.map(({ errorType }) => errorType))).toEqual(new Set(["LimitExceededError"]));
  });

  it("GQL-8 pages in pages, and many of them, spend one budget, those without records too", async () => {
    const gateway = await start({ limits: { maxRecordsPerRequest: 50 } });
    const queries = vi.spyOn(gateway.relay.records, "query");
    for (let i = 0; i < 10; i += 1) await create(gateway, "Author", { id: `a${i}`, name: "a" });
    const books = (count: number): string =>
      Array.from({ length: count }, (_, i) => `b${i}: books(limit: 1000) { items { title } }`).join(" ");
    // 10 authors, and 4 empty pages for each of them.
    const within = await gateway.ask(`{ listAuthors { items { ${books(4)} } } }`);
    expect(within.errors).toBeUndefined();
    queries.mockClear();
    const { data, errors } = await gateway.ask(`{ listAuthors { items { ${books(20)} } } }`);
    expect(errors).toHaveLength(10 * 20 - 40);
    expect(new Set(errors?.map(({ errorType }) => errorType))).toEqual(new Set(["LimitExceededError"]));
    expect(data?.listAuthors.items[0].b0).toEqual({ items: [] });
    expect(queries).toHaveBeenCalledTimes(1 + 40);
    const nested = "{ listBooks { items { author { books { items { author { books { items { title } } } } } } } } }";
    for (let i = 0; i < 5; i += 1) await create(gateway, "Book", { title: "b", authorBooksId: "a0" });
    expect((await gateway.ask(nested)).errors?.[0]?.errorType).toBe("LimitExceededError");
  });

  it("GQL-34 the first dialect's connections lead both ways", async () => {
    const gateway = await start({ schema: rooms });
    await create(gateway, "Photo", { id: "p1", url: "u", userPhotosId: "u1" });
    await create(gateway, "User", { id: "u1", name: "u", userCoverId: "p1" });
    for (const [id, topic] of [
      ["r1", "b"],
      ["r2", "a"],
      ["r3", null],
    ]) {
      await create(gateway, "Room", { id, topic, userID: "u1" });
    }
    await create(gateway, "Note", { id: "n1", text: "t", noteUserId: "u1" });
    for (const rank of [3, 1, 2]) await create(gateway, "Hit", { id: `h${rank}`, rank, userId: "u1" });
    const user = await gateway.field(`{ getUser(id: "u1") {
      rooms { items { topic user { name } } }
      some: rooms(topic: { gt: "a" }) { items { topic } }
      notes { items { text user { name } } }
      photos { items { url } }
      cover { url }
      hits(rank: { le: 2 }, sortDirection: DESC) { items { rank } }
    } }`);
    expect(user).toEqual({
      rooms: {
        items: [
          { topic: "a", user: { name: "u" } },
          { topic: "b", user: { name: "u" } },
        ],
      },
      some: { items: [{ topic: "b" }] },
      notes: { items: [{ text: "t", user: { name: "u" } }] },
      photos: { items: [{ url: "u" }] },
      cover: { url: "u" },
      hits: { items: [{ rank: 2 }, { rank: 1 }] },
    });
  });
});
