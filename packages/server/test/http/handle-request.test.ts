import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { openTestDoors, type TestDoorOptions, type TestDoors } from "../fake-engine.ts";

let open: TestDoors | null = null;
async function doors(options?: TestDoorOptions): Promise<TestDoors> {
  open = await openTestDoors(options);
  return open;
}
afterEach(async () => {
  await open?.doors.shut(0);
  await open?.doors.close(0);
  open = null;
});

async function body(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** Sends bytes as they are and reads until the server closes. */
function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(text));
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

describe("routes", () => {
  test("SERVER-40 /healthz is alive while the relay is not", async () => {
    const { url, host } = await doors();
    host.engine = null;
    const response = await fetch(`${url}/healthz?deep=1`);
    expect([response.status, await response.json()]).toEqual([200, { status: "alive" }]);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test("SERVER-41 /readyz tells whether the relay serves and its store answers", async () => {
    const { url, host, engine } = await doors();
    const readiness = async () => {
      const response = await fetch(`${url}/readyz`);
      return [response.status, await response.json()];
    };
    expect(await readiness()).toEqual([200, { status: "ready" }]);
    engine.failure = new Error("disk is gone\nstack");
    expect(await readiness()).toEqual([503, { status: "failing", reason: "disk is gone" }]);
    host.engine = null;
    expect(await readiness()).toEqual([503, { status: "starting" }]);
  });

  test("SERVER-42 /metrics shows the relay's counters, sockets and the process, also while no relay serves", async () => {
    const { url, host, engine } = await doors();
    engine.stats = {
      sessions: 2,
      pushesAccepted: 3,
      pushesRefused: 4,
      changesCommitted: 5,
      changesDelivered: 6,
      bytesSent: 7,
      slowReadersDropped: 8,
      headSeq: 9,
    };
    const first = await fetch(`${url}/metrics`);
    expect(first.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const expected = [
      "tributary_up 1",
      "tributary_sessions 2",
      "tributary_pushes_accepted_total 3",
      "tributary_pushes_refused_total 4",
      "tributary_changes_committed_total 5",
      "tributary_changes_delivered_total 6",
      "tributary_sent_bytes_total 7",
      "tributary_slow_readers_dropped_total 8",
      "tributary_head_seq 9",
      "tributary_sockets 0",
      "tributary_waiting_sockets 0",
    ];
    const lines = (await first.text()).split("\n");
    expect(lines).toEqual(expect.arrayContaining(expected));
    expect(lines.some((line) => line.startsWith("process_resident_memory_bytes "))).toBe(true);
    engine.stats = { ...engine.stats, changesCommitted: 15 };
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("\ntributary_changes_committed_total 15\n");
    host.engine = null;
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("\ntributary_up 0\n");
  });

  test("SERVER-43 / says what this is, as text or as a page", async () => {
    const { url } = await doors();
    const text = await fetch(url);
    expect(text.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await text.text()).toMatch(/Tributary relay[\s\S]*\/graphql[\s\S]*\/healthz/);
    const page = await fetch(url, { headers: { accept: "text/html,*/*" } });
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("content-security-policy")).toMatch(/default-src 'none'/);
    expect(await page.text()).toContain('<a href="/graphql">');
  });

  test.each([
    ["GET", "/nothing", 404, "there is nothing at this path; / says what there is"],
    ["GET", "/healthz/", 404, "there is nothing at this path; / says what there is"],
    ["GET", "//healthz", 404, "there is nothing at this path; / says what there is"],
    ["POST", "/healthz", 405, "/healthz takes GET"],
    ["GET", "/sync", 426, "/sync speaks WebSocket"],
    ["GET", "/graphql/realtime", 426, "/graphql/realtime speaks WebSocket"],
  ])("SERVER-44 %s %s is answered %i as JSON", async (method, path, status, message) => {
    const { url } = await doors();
    const response = await fetch(url + path, { method });
    expect([response.status, await response.json()]).toEqual([status, { error: { message } }]);
  });

  test("SERVER-45 /graphql goes to the gateway, and is 503 while no relay serves", async () => {
    const { url, host } = await doors();
    expect(await (await fetch(`${url}/graphql?query={a}`)).text()).toBe("graphql");
    host.engine = null;
    const response = await fetch(`${url}/graphql`);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  });

  test("SERVER-46 a handler that fails is a 500 that tells nothing, and a line in the log", async () => {
    const { url, engine, log } = await doors();
    engine.onGraphql = () => Promise.reject(new Error("secret detail"));
    const response = await fetch(`${url}/graphql`, { method: "POST", body: "{}" });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
    expect(log.lines).toContain("error request failed");
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

describe("pages of other origins", () => {
  test("SERVER-33 are refused before anything is done", async () => {
    const { url, engine } = await doors();
    engine.onGraphql = () => {
      throw new Error("reached");
    };
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { origin: "https://evil.example" },
      body: "{}",
    });
    expect(response.status).toBe(403);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(await response.json()).toEqual({
      errors: [{ message: expect.stringMatching(/--allow-origin https:\/\/evil\.example/) }],
    });
  });

  test("SERVER-33 read answers when they are allowed, after a preflight", async () => {
    const { url } = await doors({ allowedOrigins: ["https://app.example.com"] });
    const origin = "https://app.example.com";
    const preflight = await fetch(`${url}/graphql`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-api-key,x-amz-user-agent",
      },
    });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "content-type,x-api-key,x-amz-user-agent",
      vary: "Origin",
    });
    expect(preflight.headers.get("access-control-allow-credentials")).toBeNull();
    const answer = await fetch(`${url}/graphql`, { headers: { origin } });
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  });

  test("SERVER-32 an open sandbox on loopback refuses a host that only resolves to it", async () => {
    const { doors: opened } = await doors({ isOpenToAll: true });
    const answer = await sendRaw(
      opened.port,
      "GET /graphql HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    const own = await sendRaw(opened.port, "GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    expect(own).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("what a request may cost", () => {
  const limits = { maxBodyBytes: 1_000 };
  const readAll = (test: TestDoors) => {
    test.engine.onGraphql = async (request, response) => void response.end(String((await body(request)).length));
  };

  test("SERVER-47 a body at the limit passes, announced or not", async () => {
    const test = await doors({ limits });
    readAll(test);
    expect(await (await fetch(`${test.url}/graphql`, { method: "POST", body: "x".repeat(1_000) })).text()).toBe("1000");
    expect(await postChunked(test.url, 10, 100)).toEqual([200, "1000"]);
  });

  test("SERVER-47 a longer one is 413, announced or not, and no handler sees its end", async () => {
    const test = await doors({ limits });
    const seen: string[] = [];
    test.engine.onGraphql = async (request) => {
      seen.push("reached");
      seen.push(await body(request).catch(() => "broken off"));
    };
    const announced = await fetch(`${test.url}/graphql`, { method: "POST", body: "x".repeat(1_001) });
    expect([announced.status, await announced.json()]).toEqual([
      413,
      { errors: [{ message: "a request may have 1000 bytes" }] },
    ]);
    expect(seen).toEqual([]);
    expect(await postChunked(test.url, 11, 100)).toEqual([413, expect.stringContaining("1000 bytes")]);
    expect(seen.filter((text) => text !== "broken off")).toEqual(["reached"]);
    expect(test.log.lines.filter((line) => line.startsWith("error"))).toEqual([]);
    expect((await fetch(`${test.url}/healthz`)).status).toBe(200);
  });

  test("SERVER-47 headers over 16 KB are 431", async () => {
    const { doors: opened } = await doors();
    const answer = await sendRaw(
      opened.port,
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${"x".repeat(17_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  test.each([
    "\u0000\u0001\u0002garbage\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET http://[::1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
  ])("SERVER-48 bad bytes end that connection with 4xx and nothing else: %j", async (bytes) => {
    const { doors: opened, url } = await doors();
    expect(await sendRaw(opened.port, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

function postChunked(url: string, chunks: number, size: number): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}/graphql`, { method: "POST" }, (response) => {
      body(response).then((text) => resolve([response.statusCode ?? 0, text]), reject);
    });
    request.on("error", reject);
    for (let i = 0; i < chunks; i += 1) request.write("x".repeat(size));
    request.end();
  });
}
