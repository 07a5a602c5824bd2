import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { endCommands, type RunOptions, readyUrl, runCommand } from "./run-command.ts";

const notes = `type Note @model @auth(rules: [{ allow: public }]) {
  id: ID!
  title: String!
}
type Draft @model {
  id: ID!
}
`;

let folder = "";
let schema = "";
let data = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tributary-cli-"));
  schema = path.join(folder, "schema.graphql");
  writeFileSync(schema, notes);
});
beforeEach(() => {
  data = mkdtempSync(path.join(folder, "data-"));
});
afterEach(endCommands);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (args: readonly string[] = [], options?: RunOptions) =>
  runCommand(["start", "--schema", schema, "--data", data, "--port", "0", ...args], options);

async function graphql(url: string, query: string, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

describe("a server that runs", () => {
  test("CLI-5 prints one ready line, answers, and stops cleanly on SIGTERM", async () => {
    const command = start(["--api-key", "secret"]);
    const url = await readyUrl(command);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "alive" });
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: "ready" });
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^tributary_up 1$/m);
    expect(await (await fetch(url)).text()).toContain("Tributary relay");
    command.signal("SIGTERM");
    const { code, stdout, stderr } = await command.ended;
    expect([code, stdout]).toEqual([0, `ready ${url}\n`]);
    const log = stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(log.map(({ msg }) => msg)).toEqual([
      "models without @auth are closed: add rules, or start with --sandbox",
      "serving",
      "stopping",
      "stopped",
    ]);
    expect(stderr).not.toContain("secret");
  });

  test("CLI-5 stops cleanly on SIGINT, with a log as text, and keeps what it was given", async () => {
    const create = 'mutation { createNote(input: { id: "n1", title: "kept" }) { title _version } }';
    const first = start(["--log-format", "text"], { env: { TRIBUTARY_API_KEY: "secret" } });
    const key = { "x-api-key": "secret" };
    expect(await graphql(await readyUrl(first), create, key)).toEqual({
      data: { createNote: { title: "kept", _version: 1 } },
    });
    first.signal("SIGINT");
    const { code, stderr } = await first.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/^[\d:.]{12} info {2}stopping signal=SIGINT$/m);
    const second = start([], { env: { TRIBUTARY_API_KEY: "secret" } });
    const get = '{ getNote(id: "n1") { title _version } }';
    expect(await graphql(await readyUrl(second), get, key)).toEqual({
      data: { getNote: { title: "kept", _version: 1 } },
    });
  });

  test("CLI-6 a second signal ends it at once", async () => {
    const command = start(["--sandbox"]);
    const url = await readyUrl(command);
    // A request that never ends keeps the clean stop waiting.
    const pending = request(`${url}/graphql`, { method: "POST", headers: { "content-length": 10 } });
    pending.on("error", () => undefined);
    const sent = new Promise((resolve) => pending.write("x", resolve));
    await sent;
    await fetch(`${url}/healthz`);
    command.signal("SIGTERM");
    await command.line("stderr", /"stopping"/);
    command.signal("SIGTERM");
    const { code, stderr } = await command.ended;
    expect(code).toBe(143);
    expect(stderr).not.toContain('"stopped"');
  });

  test("CLI-7 with a key it is needed, and opens what its rules open", async () => {
    const url = await readyUrl(start(["--api-key", "secret", "--sandbox"]));
    const query = "{ listNotes { items { id } } listDrafts { items { id } } }";
    expect(await graphql(url, query)).toMatchObject({
      errors: [{ message: expect.stringMatching(/API key is needed/) }],
    });
    expect(await graphql(url, query, { "x-api-key": "wrong" })).toMatchObject({
      errors: [{ message: expect.stringMatching(/API key is wrong/) }],
    });
    expect(await graphql(url, query, { "x-api-key": "secret" })).toEqual({
      data: { listNotes: { items: [] }, listDrafts: { items: [] } },
    });
  });

  test("CLI-7 an open sandbox asks for nothing", async () => {
    const url = await readyUrl(start(["--sandbox"]));
    expect(await graphql(url, "{ listDrafts { items { id } } }")).toEqual({ data: { listDrafts: { items: [] } } });
  });

  test("CLI-7 without key and sandbox it warns that nobody can read or write", async () => {
    const command = start();
    const url = await readyUrl(command);
    await command.line("stderr", /"level":"warn".*neither --api-key nor --sandbox is given: nobody can read or write/);
    const answer = await graphql(url, "{ listNotes { items { id } } }");
    expect(JSON.stringify(answer)).not.toContain('"items"');
  });

  test("CLI-7 a schema that nobody can reach is served, with a warning that says why", async () => {
    const owners = path.join(data, "owners.graphql");
    const rules = '[{ allow: owner }, { allow: groups, groups: ["A"] }]';
    writeFileSync(owners, `type Note @model @auth(rules: ${rules}) { id: ID! }`);
    const records = path.join(data, "records");
    const command = runCommand(["start", "--schema", owners, "--data", records, "--port", "0", "--api-key", "k"]);
    const url = await readyUrl(command);
    const line = await command.line("stderr", /"level":"warn"/);
    expect(JSON.parse(line).msg).toBe(
      "nobody can reach Note: its @auth rules are for owner, groups; this version knows API keys alone",
    );
    const answer = await graphql(url, "{ listNotes { items { id } } }", { "x-api-key": "k" });
    expect(answer).toMatchObject({ errors: [{ errorType: "Unauthorized" }] });
  });

  test("CLI-8 a typed config file gives the settings, flags win", async () => {
    const config = path.join(data, "tributary.config.ts");
    writeFileSync(
      config,
      `const port: number = 1;
       export default { schema: "../schema.graphql", data: "records", port, sandbox: true, logLevel: "silent" as const };`,
    );
    const command = runCommand(["start", "--config", config, "--port", "0"]);
    await readyUrl(command);
    expect(readdirSync(path.join(data, "records"))).toContain("relay.db");
    command.signal("SIGTERM");
    expect(await command.ended).toMatchObject({ code: 0, stderr: "" });
  });

  test("CLI-8 introspection is switched off by a flag, over what the config file says", async () => {
    const config = path.join(folder, "introspection.json");
    writeFileSync(config, '{"introspection": "on"}');
    const url = await readyUrl(start(["--sandbox", "--config", config, "--introspection", "off"]));
    expect(await graphql(url, "{ __schema { queryType { name } } }")).toMatchObject({
      errors: [{ errorType: "ValidationError", message: "Introspection is switched off: __schema is not served" }],
    });
    expect(await graphql(url, "{ __typename }")).toEqual({ data: { __typename: "Query" } });
  });

  test("CLI-9 the directory is free again after kill -9", async () => {
    const first = start(["--sandbox"]);
    await readyUrl(first);
    first.signal("SIGKILL");
    expect((await first.ended).signal).toBe("SIGKILL");
    await readyUrl(start(["--sandbox"]));
  });
});

describe("a start that cannot be", () => {
  async function refused(command: ReturnType<typeof runCommand>): Promise<string> {
    const { code, stdout, stderr } = await command.ended;
    expect([code, stdout]).toEqual([1, ""]);
    // Nothing of a stack, and nothing of the log.
    expect(stderr).toMatch(/^tributary: [^\n]+\n/);
    expect(stderr).not.toMatch(/^\s+at /m);
    return stderr;
  }

  test("CLI-9 a locked data directory, naming it and its process", async () => {
    const owner = start(["--sandbox"]);
    await readyUrl(owner);
    expect(await refused(start(["--sandbox"]))).toBe(
      `tributary: the data directory ${data} is in use by another relay (process ${owner.pid}); stop it or give another path with --data\n`,
    );
    owner.signal("SIGTERM");
    expect((await owner.ended).code).toBe(0);
  });

  test("CLI-9 a foreign data directory, and one that cannot be made", async () => {
    writeFileSync(path.join(data, "thesis.txt"), "");
    expect(await refused(start())).toMatch(
      /^tributary: the data directory .* holds files that are not Tributary's \(thesis\.txt\)[^\n]*\n$/,
    );
    const inFile = path.join(data, "thesis.txt", "data");
    expect(await refused(runCommand(["start", "--schema", schema, "--data", inFile]))).toMatch(
      /^tributary: the data directory .* cannot be created: there is a file in its place[^\n]*\n$/,
    );
  });

  test.runIf(process.platform === "linux").each(["/proc/none", "/proc/none/deep/er"])(
    "CLI-9 a data directory that the file system denies to make, at once: %s",
    async (directory) => {
      expect(await refused(runCommand(["start", "--schema", schema, "--data", directory]))).toMatch(
        /^tributary: the data directory \/proc\/none\S* cannot be created \(E[^\n]+\); give another path with --data\n$/,
      );
    },
    20_000,
  );

  test("CLI-9 a database that is none, or of another version", async () => {
    const first = start(["--sandbox"]);
    await readyUrl(first);
    first.signal("SIGTERM");
    await first.ended;
    for (const name of readdirSync(data)) if (name.startsWith("relay.db")) rmSync(path.join(data, name));
    writeFileSync(path.join(data, "relay.db"), "this is no database, however long it may be. ".repeat(100));
    const file = path.join(data, "relay.db");
    expect(await refused(start(["--sandbox"]))).toBe(
      `tributary: the database ${file} cannot be used: it is not Tributary's, or its first page is damaged; give another path with --data\n`,
    );
  });

  test("CLI-10 a taken port", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => blocker.once("listening", resolve));
    const address = blocker.address();
    const port = typeof address === "object" ? address?.port : undefined;
    try {
      const command = runCommand(["start", "--schema", schema, "--data", data, "--sandbox", "--port", String(port)]);
      expect(await refused(command)).toBe(
        `tributary: port ${port} on 127.0.0.1 is taken; stop what uses it or give another with --port\n`,
      );
    } finally {
      blocker.close();
    }
  });

  test.each([
    [
      ["--host", "192.0.2.1"],
      /^tributary: the host 192\.0\.2\.1 is not an address of this machine; give another with --host\n$/,
    ],
    [
      ["--host", "nowhere.invalid"],
      /^tributary: the host nowhere\.invalid (is not known|cannot be looked up); [^\n]+\n$/,
    ],
  ])("CLI-10 %j", async (args, message) => {
    expect(await refused(start(args))).toMatch(message);
  });

  test("CLI-10 the data directory is free again afterwards", async () => {
    await refused(start(["--sandbox", "--host", "192.0.2.1"]));
    await readyUrl(start(["--sandbox"]));
  });

  test.each([
    [["start"], /^tributary: no schema is given; name its file with --schema\n$/],
    [
      ["start", "--schema", "none.graphql"],
      /^tributary: the schema file none\.graphql does not exist; name it with --schema\n$/,
    ],
    [
      ["start", "--schema", "x", "--port", "port"],
      /^tributary: --port is a number from 0 to 65535, 0 for a free port, not "port"\n$/,
    ],
    [["start", "--schema", "x", "--port", "1", "--port", "2"], /^tributary: option '--port' is given twice\n$/],
    [["start", "--verbose"], /^tributary: unknown option '--verbose'\n$/],
    [["start", "--schema"], /^tributary: option '--schema <file>' argument missing\n$/],
    [
      ["start", "--config", "none.ts"],
      /^tributary: the config file none\.ts does not exist; correct the path after --config\n$/,
    ],
    [["launch"], /^tributary: unknown command 'launch'\n$/],
    [
      ["start", "--schema", "x", "--auth", "iam"],
      /^tributary: --auth names iam, which this version does not serve yet; it serves apiKey\n$/,
    ],
  ])("CLI-1 %j", async (args, message) => {
    expect(await refused(runCommand(args, { cwd: data }))).toMatch(message);
    expect(readdirSync(data)).toEqual([]);
  });

  test("CLI-11 a schema with mistakes, each with its place, and nothing is made", async () => {
    const bad = path.join(data, "bad.graphql");
    mkdirSync(data, { recursive: true });
    writeFileSync(bad, "type Note @modle {\n  id: ID!\n}\ntype Other @model {\n  id: ID!\n  note: Nothing\n}\n");
    const stderr = await refused(runCommand(["start", "--schema", bad, "--data", path.join(data, "new")]));
    const [title, ...problems] = stderr.trim().split("\n");
    expect(title).toBe(`tributary: the schema has ${problems.length} problems:`);
    for (const problem of problems) expect(problem.startsWith(`${bad}:`)).toBe(true);
    expect(readdirSync(data)).toEqual(["bad.graphql"]);
  });
});

describe("CLI-14 a command loads what it needs", () => {
  /** Prints at the end which of the named modules were loaded. */
  async function loaded(args: readonly string[], stop = false): Promise<string> {
    const script = `
      import { createRequire } from "node:module";
      process.on("exit", () => {
        const files = Object.keys(createRequire("file:///x.js").cache).join();
        const names = ["better-sqlite3", "prom-client", "esbuild"].filter((name) => files.includes("/" + name + "/"));
        if (process.moduleLoadList.includes("NativeModule http")) names.push("http");
        process.stderr.write("loaded: " + names.sort().join(" ") + "\\n");
      });`;
    const env = { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(script)}"` };
    const command = runCommand(args, { cwd: data, env });
    if (stop) {
      await readyUrl(command);
      command.signal("SIGTERM");
    }
    return command.line("stderr", /^loaded: /);
  }

  test.each([[["--version"]], [["--help"]], [["start", "--help"]], [["start", "--nonsense"]]])(
    "%j: nothing",
    async (args) => {
      expect(await loaded(args)).toBe("loaded: ");
    },
  );

  test("schema print: no server", async () => {
    expect(await loaded(["schema", "print", "--schema", "none"])).toBe("loaded: ");
  });

  test("start: no metrics before somebody asks, no transpiler without a typed config", async () => {
    const args = ["start", "--schema", schema, "--data", path.join(data, "new"), "--port", "0", "--sandbox"];
    expect(await loaded(args, true)).toBe("loaded: better-sqlite3 http");
  });
});
