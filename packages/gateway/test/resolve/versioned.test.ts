/** `@versioned` of the first dialect: writes to one version of a record and no other. */
import type { Relay } from "@tributary/relay";
import { parseSchema } from "@tributary/schema/sdl";
import { expect, it } from "vitest";
import { type StartedGateway, startGateway } from "../start-gateway.ts";

const schema = parseSchema(`
  type Note @model @versioned(versionField: "rev", versionInput: "was") @auth(rules: [{ allow: public }]) {
    id: ID!
    text: String
    tags: [String]
    data: AWSJSON
  }
`);

async function withNote(inFrontOf: (relay: Relay) => Relay = (relay) => relay): Promise<StartedGateway> {
  const gateway = await startGateway({ schema, inFrontOf });
  const input = { id: "n", text: "a", tags: ["t", null], data: '{"a":[1]}' };
  const made = await gateway.field(
    `mutation ($input: CreateNoteInput!) { createNote(input: $input) { rev _version } }`,
    {
      input,
    },
  );
  expect(made).toEqual({ rev: 1, _version: 1 });
  return gateway;
}

it("GQL-37 a write names the version that it is made on", async () => {
  const gateway = await withNote();
  const update = (was: number, text: string) =>
    gateway.ask(`mutation { updateNote(input: { id: "n", was: ${was}, text: "${text}" }) { rev text } }`);
  expect((await update(1, "b")).data).toEqual({ updateNote: { rev: 2, text: "b" } });
  const stale = await update(1, "c");
  expect(stale.errors).toMatchObject([{ errorType: "ConditionalCheckFailedException", data: { text: "b" } }]);
  const gone = await gateway.ask(`mutation { deleteNote(input: { id: "n", was: 1 }) { rev } }`);
  expect(gone.errors).toMatchObject([{ errorType: "ConditionalCheckFailedException" }]);
  expect(await gateway.field(`mutation { deleteNote(input: { id: "n", was: 2 }) { rev _deleted } }`)).toEqual({
    rev: 3,
    _deleted: true,
  });
  expect((await gateway.ask(`mutation { updateNote(input: { id: "n", text: "x" }) { rev } }`)).errors).toMatchObject([
    { errorType: "ValidationError" },
  ]);
});

it("GQL-37 an update that gives no field names the version too", async () => {
  const gateway = await withNote();
  const update = (was: number) => gateway.ask(`mutation { updateNote(input: { id: "n", was: ${was} }) { rev } }`);
  expect((await update(1)).data).toEqual({ updateNote: { rev: 1 } });
  expect((await update(2)).errors).toMatchObject([{ errorType: "ConditionalCheckFailedException" }]);
});

it.each([
  ["update", `mutation { updateNote(input: { id: "n", was: 1, tags: [] }) { rev } }`],
  ["delete", `mutation { deleteNote(input: { id: "n", was: 1 }) { rev } }`],
])("GQL-37 what changes a record just before its %s stops it", async (_, mutation) => {
  const rival = { operation: "update", model: "Note", baseVersion: 1, condition: null } as const;
  let isMade = false;
  const gateway = await withNote((relay) => ({
    ...relay,
    async submit(identity, writes) {
      const isFirst = !isMade && writes[0]?.operation !== "create";
      isMade ||= isFirst;
      if (isFirst) await relay.submit(identity, [{ ...rival, values: { id: "n", data: { a: [2] } } }]);
      return relay.submit(identity, writes);
    },
  }));
  const { errors } = await gateway.ask(mutation);
  expect(errors).toMatchObject([{ errorType: "ConditionalCheckFailedException" }]);
  expect(await gateway.field(`{ getNote(id: "n") { rev tags data _deleted } }`)).toEqual({
    rev: 2,
    tags: ["t", null],
    data: '{"a":[2]}',
    _deleted: null,
  });
});

it("GQL-37 of writers on one version, one wins", async () => {
  const gateway = await withNote();
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      gateway.ask(`mutation { updateNote(input: { id: "n", was: 1, text: "w${i}" }) { rev } }`),
    ),
  );
  expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1);
  expect(await gateway.field(`{ getNote(id: "n") { rev _version } }`)).toEqual({ rev: 2, _version: 2 });
});
