/** Strategies for writes on an older version, as AppSync's clients see them. */
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it } from "vitest";
import { type ConflictResolution, namedStrategies } from "../../src/index.ts";
import { type Fields, type StartedGateway, startGateway } from "../start-gateway.ts";

const schema = parseSchema(`
  type Note @model @auth(rules: [{ allow: public }]) {
    id: ID!
    title: String
    stars: Int
    tags: [String]
    place: Place
  }
  type Task @model @auth(rules: [{ allow: public }]) {
    id: ID!
    title: String
    stars: Int
    tags: [String]
    place: Place
  }
  type Place {
    street: String
    town: String
  }
`);

const all = "{ id title stars tags place { street town } _version _deleted _lastChangedAt }";

function writer(gateway: StartedGateway, model: string) {
  return (operation: string, input: object, selected = all) =>
    gateway.ask(
      `mutation ($input: ${operation}${model}Input!) { ${operation.toLowerCase()}${model}(input: $input) ${selected} }`,
      { input },
    );
}

/** A record n at version 2: `first`, and then the title "stored". */
async function stored(
  conflictResolution: ConflictResolution,
  model = "Note",
  first: object = { stars: 5, tags: ["a"] },
) {
  const gateway = await startGateway({ schema, conflictResolution });
  const write = writer(gateway, model);
  await write("Create", { id: "n", title: "first", ...first });
  await write("Update", { id: "n", title: "stored", _version: 1 });
  const get = (): Promise<Fields> => gateway.field(`{ get${model}(id: "n") ${all} }`);
  return { gateway, write, get };
}

describe("GQL-38 OPTIMISTIC_CONCURRENCY", () => {
  it.each([
    ["an older version", { _version: 1 }],
    ["a version that is not there yet", { _version: 3 }],
    ["no version", {}],
  ])("GQL-38 refuses an update and a deletion on %s, and shows the stored record", async (_, version) => {
    const { write, get } = await stored({ project: "OPTIMISTIC_CONCURRENCY" });
    const before = await get();
    for (const [operation, input] of [
      ["Update", { id: "n", stars: 6, ...version }],
      ["Update", { id: "n", ...version }],
      ["Delete", { id: "n", ...version }],
    ] as const) {
      const { data, errors } = await write(operation, input);
      expect(data).toEqual({ [`${operation.toLowerCase()}Note`]: null });
      expect(errors).toMatchObject([
        { errorType: "ConflictUnhandled", message: "Conflict resolver rejects mutation.", data: before },
      ]);
    }
    const narrow = await write("Update", { id: "n", stars: 6, ...version }, "{ id stars }");
    expect(narrow.errors?.[0]?.data).toEqual({ id: "n", stars: 5 });
    expect(await get()).toEqual(before);
  });

  it("GQL-38 takes writes on the stored version", async () => {
    const { write } = await stored({ project: "OPTIMISTIC_CONCURRENCY" });
    expect((await write("Update", { id: "n", stars: 6, _version: 2 })).data?.updateNote).toMatchObject({ _version: 3 });
    expect((await write("Delete", { id: "n", _version: 3 })).data?.deleteNote).toMatchObject({ _deleted: true });
  });

  it("GQL-38 of writers on one version, one wins", async () => {
    const { write, get } = await stored({ project: "OPTIMISTIC_CONCURRENCY" });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, stars) => write("Update", { id: "n", stars, _version: 2 })),
    );
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    expect(await get()).toMatchObject({ _version: 3 });
  });
});

describe("GQL-39 AUTOMERGE", () => {
  it.each([
    ["an older version", { _version: 1 }],
    ["no version", {}],
  ])("GQL-39 on %s, what is stored wins, and the version counts all the same", async (_, version) => {
    const { write, get } = await stored({ project: "AUTOMERGE" });
    const { data, errors } = await write("Update", { id: "n", stars: 6, ...version });
    expect(errors).toBeUndefined();
    expect(data?.updateNote).toMatchObject({ title: "stored", stars: 5, _version: 3 });
    expect(await get()).toEqual(data?.updateNote);
  });

  it("GQL-39 fills what holds nothing, appends lists, merges embedded objects by their members", async () => {
    const { write } = await stored({ project: "AUTOMERGE" }, "Note", { tags: ["a", "b"], place: { street: "s" } });
    const input = { id: "n", title: "stale", stars: 6, tags: ["b"], place: { street: "x", town: "t" }, _version: 1 };
    expect((await write("Update", input)).data?.updateNote).toMatchObject({
      title: "stored",
      stars: 6,
      tags: ["a", "b", "b"],
      place: { street: "s", town: "t" },
      _version: 3,
    });
  });

  it("GQL-39 takes an update on the stored version as it stands", async () => {
    const { write } = await stored({ project: "AUTOMERGE" });
    expect((await write("Update", { id: "n", title: "new", stars: null, _version: 2 })).data?.updateNote).toMatchObject(
      {
        title: "new",
        stars: null,
        _version: 3,
      },
    );
  });

  it("GQL-39 refuses a deletion on another version", async () => {
    const { write, get } = await stored({ project: "AUTOMERGE" });
    const before = await get();
    for (const version of [{ _version: 1 }, {}]) {
      const { errors } = await write("Delete", { id: "n", ...version });
      expect(errors).toMatchObject([{ errorType: "ConflictUnhandled", data: before }]);
    }
  });

  it("GQL-39 reaches a delta sync as any change does", async () => {
    const { gateway, write } = await stored({ project: "AUTOMERGE" });
    const sync = (since: number) =>
      gateway.field(`{ syncNotes(lastSync: ${since}) { items { id stars _version } startedAt } }`);
    const { startedAt } = await sync(0);
    await write("Update", { id: "n", stars: 6, _version: 1 });
    expect((await sync(startedAt)).items).toEqual([{ id: "n", stars: 5, _version: 3 }]);
  });
});

it("GQL-40 a strategy is that of the model, else of the project, else MERGE", async () => {
  const outcomes: unknown[] = [];
  const models = { Task: "OPTIMISTIC_CONCURRENCY" } as const;
  for (const resolution of [{}, { models }, { project: "AUTOMERGE", models }] satisfies ConflictResolution[]) {
    for (const model of ["Note", "Task"]) {
      const { write } = await stored(resolution, model);
      const { data, errors } = await write("Update", { id: "n", stars: 6, _version: 1 });
      outcomes.push(errors?.[0]?.errorType ?? data?.[`update${model}`].stars);
    }
  }
  expect(outcomes).toEqual([6, 6, 6, "ConflictUnhandled", 5, "ConflictUnhandled"]);
});

it.each(namedStrategies)(
  "GQL-40 under %s a creation is judged by its key alone, and tombstones stay",
  async (project) => {
    const { write } = await stored({ project });
    expect((await write("Create", { id: "n", title: "x" })).errors).toMatchObject([
      { errorType: "ConditionalCheckFailedException", data: { title: "stored" } },
    ]);
    await write("Delete", { id: "n", _version: 2 });
    expect((await write("Update", { id: "n", title: "x", _version: 3 })).errors).toMatchObject([
      {
        errorType:
          project === "MERGE" || project === "AUTOMERGE" ? "ConditionalCheckFailedException" : "ConflictUnhandled",
        data: { title: "stored", _deleted: true },
      },
    ]);
  },
);
