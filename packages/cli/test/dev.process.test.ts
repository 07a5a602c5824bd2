import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endCommands, readyUrl, runCommand } from "./run-command.ts";

let folder = "";
let schema = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tributary-dev-"));
  schema = path.join(folder, "schema.graphql");
  writeFileSync(schema, "type Note @model @auth(rules: [{ allow: public }]) { id: ID! title: String }");
});
afterEach(async () => {
  await endCommands();
  rmSync(folder, { recursive: true, force: true });
});

const dev = () => runCommand(["dev", "--schema", schema, "--data", path.join(folder, "data"), "--port", "0"]);

async function keyOf(command: ReturnType<typeof dev>): Promise<string> {
  return (await command.line("stderr", /^API key /)).split(/\s+/).at(-1) ?? "";
}

async function graphql(url: string, query: string, key: string): Promise<unknown> {
  const headers = { "content-type": "application/json", "x-api-key": key };
  return (await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) })).json();
}

test("CLI-15 dev prints URLs and a key on stderr, and keeps the key", async () => {
  const first = dev();
  const url = await readyUrl(first);
  const key = await keyOf(first);
  await first.line("stderr", new RegExp(`^GraphQL +${url}/graphql$`));
  await first.line("stderr", new RegExp(`^Sync +${url.replace("http", "ws")}/sync$`));
  expect(await graphql(url, "{ listNotes { items { id } } }", key)).toEqual({ data: { listNotes: { items: [] } } });
  first.signal("SIGTERM");
  expect(await first.ended).toMatchObject({ code: 0, stdout: `ready ${url}\n` });
  const second = dev();
  await readyUrl(second);
  expect(await keyOf(second)).toBe(key);
});

test("CLI-12 CLI-13 dev serves a changed schema on the same port and data; a broken one it reports and serves on", async () => {
  const command = dev();
  const url = await readyUrl(command);
  const key = await keyOf(command);
  const create = 'mutation { createNote(input: { id: "n", title: "kept" }) { _version } }';
  expect(await graphql(url, create, key)).toEqual({ data: { createNote: { _version: 1 } } });

  writeFileSync(schema, "type Note @model {\n  id: ID!\n  title: Nothing\n}");
  await command.line("stderr", /schema\.graphql:3:\d+ /);
  await command.line("stderr", /the former schema serves on$/);
  const get = '{ getNote(id: "n") { title _version } }';
  expect(await graphql(url, get, key)).toEqual({ data: { getNote: { title: "kept", _version: 1 } } });

  writeFileSync(
    schema,
    "type Note @model @auth(rules: [{ allow: public }]) { id: ID! title: String done: Boolean }\ntype Tag @model { id: ID! }",
  );
  await command.line("stderr", /schema\.graphql changed and is served now \(Note, Tag\)$/);
  await command.line("stderr", /"level":"warn".*"models":\["Tag"\].*models without @auth are closed/);
  const getMore = '{ getNote(id: "n") { title done _version } }';
  expect(await graphql(url, getMore, key)).toEqual({ data: { getNote: { title: "kept", done: null, _version: 1 } } });
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  command.signal("SIGTERM");
  expect((await command.ended).code).toBe(0);
});
