import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { defaultGatewayLimits } from "@tributary/gateway/limits";
import { afterAll, describe, expect, test } from "vitest";
import { type Flags, resolveSettings } from "../../src/config/settings.ts";
import { StartError } from "../../src/start-error.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tributary-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

const resolve = (flags: Flags, apiKey?: string, isTerminal = false) => resolveSettings(flags, { apiKey, isTerminal });

async function problems(flags: Flags, apiKey?: string): Promise<readonly string[]> {
  const error: unknown = await resolve(flags, apiKey).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof StartError) return error.lines;
  throw new Error("it resolved, or failed in another way", { cause: error });
}

describe("precedence", () => {
  test("SERVER-10 defaults", async () => {
    expect(await resolve({ schema: "s.graphql" })).toEqual({
      schemaFile: "s.graphql",
      dialect: null,
      port: 4000,
      host: "127.0.0.1",
      dataDirectory: ".tributary",
      apiKey: null,
      isSandbox: false,
      allowedOrigins: [],
      logLevel: "info",
      logFormat: "json",
      limits: { maxConnections: 50_000, maxWaitingSockets: 1_000, ...defaultGatewayLimits },
      conflictResolution: {},
      introspection: "on",
      persistedQueries: "automatic",
    });
    expect(await resolve({ schema: "s.graphql" }, undefined, true)).toMatchObject({ logFormat: "text" });
  });

  test("SERVER-10 flags, then environment, then config file", async () => {
    const config = write(
      "full.json",
      JSON.stringify({
        port: 1,
        host: "::1",
        apiKey: "from-file",
        sandbox: true,
        allowOrigin: "https://a.example",
        introspection: "off",
        logLevel: "warn",
      }),
    );
    const flags = { schema: "s.graphql", config };
    expect(await resolve(flags)).toMatchObject({
      port: 1,
      host: "::1",
      apiKey: "from-file",
      isSandbox: true,
      allowedOrigins: ["https://a.example"],
      introspection: "off",
      logLevel: "warn",
    });
    expect(await resolve({ ...flags, introspection: "on" })).toMatchObject({ introspection: "on" });
    expect(await resolve(flags, "from-env")).toMatchObject({ apiKey: "from-env" });
    expect(
      await resolve({ ...flags, apiKey: "from-flag", port: "2", allowOrigin: ["*", "http://b.example/"] }, "from-env"),
    ).toMatchObject({ apiKey: "from-flag", port: 2, allowedOrigins: ["*", "http://b.example"] });
  });

  test("SERVER-10 paths in a config file are relative to it", async () => {
    const config = write("paths.json", '{"schema": "s.graphql", "data": "/var/data"}');
    const settings = await resolve({ config });
    expect(path.resolve(settings.schemaFile)).toBe(path.join(folder, "s.graphql"));
    expect(path.resolve(settings.dataDirectory)).toBe("/var/data");
  });

  test("SERVER-10 limits are set one by one", async () => {
    const config = write("limits.json", '{"limits": {"maxBodyBytes": 5, "maxBatchedOperations": 4}}');
    const { limits } = await resolve({ schema: "s.graphql", config });
    const others = { maxConnections: 50_000, maxWaitingSockets: 1_000, ...defaultGatewayLimits };
    expect(limits).toEqual({ ...others, maxBodyBytes: 5, maxBatchedOperations: 4 });
  });
});

describe("conflict resolution", () => {
  const read = async (conflictResolution: unknown) => {
    const config = write("conflicts.json", JSON.stringify({ schema: "s", conflictResolution }));
    return (await resolve({ config })).conflictResolution;
  };

  test("SERVER-17 one strategy for all models, or one for the project and others by model", async () => {
    expect(await read("AUTOMERGE")).toEqual({ project: "AUTOMERGE" });
    expect(await read({ project: "OPTIMISTIC_CONCURRENCY" })).toEqual({ project: "OPTIMISTIC_CONCURRENCY" });
    expect(await read({ models: { Note: "MERGE" } })).toEqual({ models: { Note: "MERGE" } });
    const both = { project: "AUTOMERGE", models: { Note: "MERGE", Task: "OPTIMISTIC_CONCURRENCY" } };
    expect(await read(both)).toEqual(both);
  });

  test("SERVER-17 LAMBDA is a URL, or a function in a config file that is a module", async () => {
    const byUrl = { lambda: "https://conflicts.example/decide", timeoutMs: 2000 };
    expect(await read(byUrl)).toEqual({ project: byUrl });
    const config = write(
      "lambda.mjs",
      'export default { schema: "s", conflictResolution: { models: { Note: { lambda: () => ({ action: "REJECT" }) } } } };',
    );
    const { conflictResolution } = await resolve({ config });
    expect(conflictResolution).toEqual({ models: { Note: { lambda: expect.any(Function) } } });
  });

  test.each([
    ["LAST_WRITER", 'sets project to "LAST_WRITER"; there are MERGE, AUTOMERGE, OPTIMISTIC_CONCURRENCY and { lambda }'],
    [7, "is a strategy, or an object of project and models, not 7"],
    [{ default: "MERGE" }, "has no default; there are project, models"],
    [{ project: null }, "sets project to null; there are MERGE, AUTOMERGE, OPTIMISTIC_CONCURRENCY and { lambda }"],
    [{ models: ["Note"] }, 'has models that are no object of strategies by model, but ["Note"]'],
    [
      { models: { Note: "automerge" } },
      'sets Note to "automerge"; there are MERGE, AUTOMERGE, OPTIMISTIC_CONCURRENCY and { lambda }',
    ],
    [
      { models: { Note: { lambda: "ftp://x" } } },
      'sets the lambda of Note to "ftp://x"; it is a function, or an http or https URL without a user',
    ],
    [
      { lambda: "http://a:b@x/" },
      'sets the lambda of project to "http://a:b@x/"; it is a function, or an http or https URL without a user',
    ],
    [{ lambda: 7 }, "sets the lambda of project to 7; it is a function, or an http or https URL without a user"],
    [{ lambda: "http://x", timeoutMs: 0 }, "sets timeoutMs of project to 0; it is a whole number from 1 to 300000"],
    [{ lambda: "http://x", timeout: 5 }, "gives the lambda of project timeout; there are lambda, timeoutMs"],
  ])("SERVER-17 refuses %j", async (conflictResolution, problem) => {
    const config = write("conflicts.json", JSON.stringify({ schema: "s", conflictResolution }));
    expect(await problems({ config })).toEqual([expect.stringContaining(`conflictResolution in ${config} ${problem}`)]);
  });
});

describe("persisted queries", () => {
  const read = async (persistedQueries: unknown) => {
    const config = write("persisted.json", JSON.stringify({ schema: "s", persistedQueries }));
    return (await resolve({ config })).persistedQueries;
  };

  test("SERVER-18 automatic, off, or the documents of a file beside the config file, in either form", async () => {
    expect([await read("automatic"), await read("off")]).toEqual(["automatic", "off"]);
    write("documents.json", '{"a1": "{ a }", "__proto__": "{ b }"}');
    const named = new Map([
      ["a1", "{ a }"],
      ["__proto__", "{ b }"],
    ]);
    expect(await read({ only: "documents.json" })).toEqual({ only: named });
    expect(await read({ only: path.join(folder, "documents.json") })).toEqual({ only: named });
    const operations = [{ id: "c3", body: "query C { c }", name: "C", type: "query" }];
    write("manifest.json", JSON.stringify({ format: "apollo-persisted-query-manifest", version: 1, operations }));
    expect(await read({ only: "manifest.json" })).toEqual({ only: new Map([["c3", "query C { c }"]]) });
  });

  test.each([
    ["on", null, 'is automatic, off, or { only: a file }, not "on"'],
    [{ only: 7 }, null, 'is automatic, off, or { only: a file }, not {"only":7}'],
    [{ only: "x.json", other: 1 }, null, 'is automatic, off, or { only: a file }, not {"only":"x.json","other":1}'],
    [{ only: "none.json" }, null, "none.json, which cannot be read: ENOENT"],
    [{ only: "x.json" }, "{", "x.json, which cannot be read: "],
    [
      { only: "x.json" },
      "[]",
      "x.json, which is neither an object of documents by their names nor a manifest of Apollo's",
    ],
    [{ only: "x.json" }, '{"format": "apollo-persisted-query-manifest", "version": 2}', "x.json, which is neither"],
    [{ only: "x.json" }, "{}", "x.json, which holds no documents"],
    [{ only: "x.json" }, '{"a": 1}', 'x.json, which gives a document as 1 under the name "a"; both are texts'],
    [
      { only: "x.json" },
      '{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a"}]}',
      'x.json, which gives a document as undefined under the name "a"; both are texts',
    ],
  ])("SERVER-18 refuses %j over %j", async (persistedQueries, content, problem) => {
    if (content !== null) write("x.json", content);
    const config = write("persisted.json", JSON.stringify({ schema: "s", persistedQueries }));
    const [line, ...others] = await problems({ config });
    expect([line?.startsWith(`persistedQueries in ${config} `), others]).toEqual([true, []]);
    expect(line).toContain(problem);
  });
});

describe("mistakes", () => {
  test.each<[Flags, string]>([
    [{}, "no schema is given; name its file with --schema"],
    [{ schema: "" }, '--schema needs a text, not ""'],
    [{ schema: "s", port: "70000" }, '--port is a number from 0 to 65535, 0 for a free port, not "70000"'],
    [{ schema: "s", port: "" }, '--port is a number from 0 to 65535, 0 for a free port, not ""'],
    [{ schema: "s", port: "4e3" }, '--port is a number from 0 to 65535, 0 for a free port, not "4e3"'],
    [{ schema: "s", port: "-1" }, '--port is a number from 0 to 65535, 0 for a free port, not "-1"'],
    [{ schema: "s", logLevel: "loud" }, '--log-level is one of debug, info, warn, error, silent, not "loud"'],
    [{ schema: "s", dialect: "v3" }, '--dialect is one of v1, v2, not "v3"'],
    [{ schema: "s", introspection: "no" }, '--introspection is one of on, off, not "no"'],
    [{ schema: "s", apiKey: "" }, "--api-key is empty; give a key or leave it out"],
    [{ schema: "s", apiKey: "two words" }, "--api-key may hold visible ASCII characters only"],
    [
      { schema: "s", allowOrigin: ["app"] },
      '--allow-origin is an origin such as https://app.example.com, or *, not "app"',
    ],
    [
      { schema: "s", auth: "userPools" },
      "--auth names userPools, which this version does not serve yet; it serves apiKey",
    ],
    [
      { schema: "s", auth: "apiKey,magic" },
      '--auth names "magic"; the providers are apiKey, userPools, oidc, iam, function',
    ],
    [{ schema: "s", auth: "apiKey,apiKey" }, "--auth names apiKey twice"],
  ])("SERVER-11 %j", async (flags, problem) => {
    expect(await problems(flags)).toEqual([problem]);
  });

  test("SERVER-11 the environment is checked by its name, and a key is not repeated", async () => {
    expect(await problems({ schema: "s" }, "sécret")).toEqual([
      "TRIBUTARY_API_KEY may hold visible ASCII characters only",
    ]);
  });

  test("SERVER-11 SERVER-12 all mistakes are reported, each with its place", async () => {
    const config = write(
      "wrong.json",
      '{"prot": 1, "port": 1.5, "sandbox": "yes", "auth": "iam", "allowOrigin": [7], "limits": {"maxBodyBytes": 0}}',
    );
    expect(await problems({ config, logFormat: "xml" })).toEqual([
      "7 settings are wrong:",
      expect.stringContaining(`${config} has no setting prot; there are schema, dialect,`),
      `auth in ${config} names iam, which this version does not serve yet; it serves apiKey`,
      `port in ${config} is a number from 0 to 65535, 0 for a free port, not 1.5`,
      `sandbox in ${config} is true or false, not "yes"`,
      `allowOrigin in ${config} is an origin such as https://app.example.com, or *, not 7`,
      '--log-format is one of text, json, not "xml"',
      `limits in ${config} sets maxBodyBytes to 0; it is a whole number above 0`,
    ]);
  });

  test("SERVER-12 names that every object inherits are no settings", async () => {
    const config = write(
      "proto.json",
      '{"schema": "s", "constructor": 1, "__proto__": {"port": 5}, "limits": {"toString": 1}}',
    );
    const lines = await problems({ config });
    expect(lines).toHaveLength(4);
    expect(lines.join("\n")).toMatch(/no setting constructor.*\n.*no setting __proto__.*\n.*has no toString/);
  });
});
