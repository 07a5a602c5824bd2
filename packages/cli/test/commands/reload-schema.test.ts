import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { SchemaDescription } from "@tributary/schema";
import { readSchemaFile } from "@tributary/server/schema";
import { afterAll, expect, test } from "vitest";
import { createReload } from "../../src/commands/reload-schema.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tributary-reload-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = path.join(folder, "schema.graphql");

function createFixture(replaceSchema: (schema: SchemaDescription) => Promise<void> = async () => undefined) {
  writeFileSync(file, "type A @model { id: ID! }");
  const served: string[][] = [];
  const said: string[] = [];
  const reload = createReload({
    server: {
      async replaceSchema(schema) {
        await replaceSchema(schema);
        served.push(schema.models.map((model) => model.name));
      },
    },
    settings: { schemaFile: file, dialect: null },
    schema: readSchemaFile(file, null),
    say: (lines) => void said.push(...lines),
  });
  return { reload, served, said };
}

test("CLI-12 a changed schema is served, an unchanged one is not served again", async () => {
  const { reload, served, said } = createFixture();
  writeFileSync(file, "# only a comment\ntype A @model { id: ID! }");
  await reload();
  expect(served).toEqual([]);
  writeFileSync(file, "type A @model { id: ID! }\ntype B @model { id: ID! }");
  await reload();
  await reload();
  expect(served).toEqual([["A", "B"]]);
  expect(said).toEqual([`${file} changed and is served now (A, B)`]);
});

test("CLI-12 rules and operation names are changes too", async () => {
  const { reload, served } = createFixture();
  writeFileSync(file, "type A @model @auth(rules: [{ allow: public }]) { id: ID! }");
  await reload();
  writeFileSync(file, "type A @model(subscriptions: null) @auth(rules: [{ allow: public }]) { id: ID! }");
  await reload();
  expect(served).toHaveLength(2);
});

test("CLI-13 a broken or missing schema is reported with its places, and not served", async () => {
  const { reload, served, said } = createFixture();
  writeFileSync(file, "type A @model {\n  id: ID!\n  b: Nothing\n}");
  await reload();
  rmSync(file);
  await reload();
  expect(served).toEqual([]);
  expect(said).toEqual([
    "tributary: the schema has a problem:",
    expect.stringContaining(`${file}:3:`),
    `${file} is not served as it is now, the former schema serves on`,
    `tributary: the schema file ${file} does not exist; name it with --schema`,
    `${file} is not served as it is now, the former schema serves on`,
  ]);
});

test("CLI-13 a schema that the relay refuses is reported, and tried again when saved again", async () => {
  let attempts = 0;
  const { reload, said } = createFixture(async () => {
    attempts += 1;
    throw new Error("no room");
  });
  writeFileSync(file, "type B @model { id: ID! }");
  await reload();
  await reload();
  expect(attempts).toBe(2);
  expect(said.filter((line) => line.includes("the former schema serves on"))).toHaveLength(2);
});
