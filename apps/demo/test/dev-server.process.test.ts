import { expect, test } from "vitest";
import { type RunningApp, runApp, temporaryFolder } from "./run-app.ts";

async function ready(server: RunningApp): Promise<{ url: string; key: string }> {
  const url = (await server.line(/^ready /)).slice("ready ".length);
  const key = (await server.line(/^ {2}API key /)).trim().split(/\s+/).at(-1) ?? "";
  return { url, key };
}

async function ask(url: string, key: string, query: string): Promise<unknown> {
  const headers = { "content-type": "application/json", "x-api-key": key };
  const response = await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
  return ((await response.json()) as { data: unknown }).data;
}

test("DEMO-12 DEMO-13 serves the chat, and goes on with it after a stop", async () => {
  const data = temporaryFolder();
  const first = runApp("dev-server.js", ["--data", data], { PORT: "0" });
  const { url, key } = await ready(first);
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "alive" });
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^tributary_up 1$/m);
  expect(await ask(url, key, '{ getMessage(id: "message-02000") { id _version } }')).toEqual({
    getMessage: { id: "message-02000", _version: 1 },
  });
  expect(await ask(url, key, "{ listUsers(limit: 1000) { items { id } } }")).toMatchObject({
    listUsers: { items: { length: 36 } },
  });
  const update = 'mutation { updateChatRoom(input: { id: "room-band", topic: "mine", _version: 1 }) { _version } }';
  expect(await ask(url, key, update)).toEqual({ updateChatRoom: { _version: 2 } });
  first.signal("SIGTERM");
  const { code, stdout } = await first.ended;
  expect(code).toBe(0);
  const curl = stdout.split("\n").filter((line) => line.includes("curl -s") || line.includes("-d '{"));
  expect(curl.join("\n")).toContain(key);
  expect(stdout.trimEnd().split("\n").at(-1)).toBe(`ready ${url}`);

  const second = runApp("dev-server.js", ["--data", data, "--port", "0"]);
  const again = await ready(second);
  expect(again.key).toBe(key);
  expect(await ask(again.url, key, '{ getChatRoom(id: "room-band") { topic _version } }')).toEqual({
    getChatRoom: { topic: "mine", _version: 2 },
  });

  const elsewhere = runApp("dev-server.js", ["--data", temporaryFolder(), "--port", new URL(again.url).port]);
  expect(await elsewhere.ended).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/^tributary: port \d+ .*is taken.*\n$/),
  });
  const inside = runApp("dev-server.js", ["--data", data, "--port", "0"]);
  expect(await inside.ended).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/^tributary: .* is in use by another relay.*\n$/),
  });
  second.signal("SIGINT");
  expect((await second.ended).code).toBe(0);
});

test("DEMO-14 DEMO-11 refuses what it does not know in one line", async () => {
  const [flag, port, variable] = await Promise.all([
    runApp("dev-server.js", ["--prt", "1"]).ended,
    runApp("dev-server.js", ["--port", "65536"]).ended,
    runApp("dev-server.js", [], { PORT: "none" }).ended,
  ]);
  expect(flag).toMatchObject({ code: 1, stderr: "tributary: there is no flag --prt; --help lists those there are\n" });
  expect(port).toMatchObject({ code: 1, stderr: 'tributary: --port is a whole number from 0 to 65535, not "65536"\n' });
  expect(variable).toMatchObject({
    code: 1,
    stderr: 'tributary: PORT is a whole number from 0 to 65535, not "none"\n',
  });
});
