import { createHash } from "node:crypto";
import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createPageHtml } from "../../src/http/graphiql/page-html.ts";
import { createFetcherScript } from "../../src/http/graphiql/page-script.ts";
import { type Fields, startGateway } from "../start-gateway.ts";

const asBrowser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

/** Scripts as they stand in the page. */
const scriptsOf = (html: string): string[] => elementsOf(html, "script");

/** The contents of elements without attributes, as an HTML parser finds them. */
function elementsOf(html: string, name: string): string[] {
  const found: string[] = [];
  for (let from = html.indexOf(`<${name}>`); from >= 0; from = html.indexOf(`<${name}>`, from)) {
    const to = html.indexOf(`</${name}>`, from);
    found.push(html.slice(from + name.length + 2, to));
    from = to;
  }
  return found;
}

const hashOf = (script: string): string => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;

// The page is megabytes: putting it together takes seconds on a busy machine.
describe("GraphiQL", { timeout: 30_000 }, () => {
  it("GQL-25 is what a browser gets, without a credential, and nobody else", async () => {
    const { url } = await startGateway();
    const page = await fetch(`${url}?query={__typename}`, { headers: asBrowser });
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const html = await page.text();
    expect(html).toContain('<div id="root"></div>');
    const posted = await fetch(url, {
      method: "POST",
      headers: { ...asBrowser, "content-type": "application/json" },
      body: "{}",
    });
    expect(posted.headers.get("content-type")).toContain("application/json");

    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self';");
    const scripts = scriptsOf(html);
    expect(scripts).toHaveLength(2);
    expect(policy).toContain(`script-src ${scripts.map(hashOf).join(" ")};`);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
    let markup = html;
    for (const content of [...scripts, ...elementsOf(html, "style")]) markup = markup.replace(content, () => "");
    expect(markup.length).toBeLessThan(10_000);
    expect(markup).not.toMatch(/(src|href)="(?!data:)/);
  });

  it("GQL-25 is sent compressed or plain, once", async () => {
    const { url } = await startGateway();
    const get = (method: string, headers: Record<string, string>) =>
      new Promise<{ status: number | undefined; headers: Fields; bytes: number }>((resolve, reject) => {
        const asking = request(url, { method, headers: { ...asBrowser, ...headers } }, (response) => {
          let bytes = 0;
          response.on("data", (chunk: Buffer) => {
            bytes += chunk.byteLength;
          });
          response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, bytes }));
        });
        asking.on("error", reject);
        asking.end();
      });
    const compressed = await get("GET", { "accept-encoding": "br, gzip" });
    const plain = await get("GET", {});
    expect(compressed.headers["content-encoding"]).toBe("gzip");
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(plain.bytes).toBeGreaterThan(2 * compressed.bytes);
    expect(await get("HEAD", { "accept-encoding": "gzip" })).toMatchObject({ status: 200, bytes: 0 });
    const known = await get("GET", { "if-none-match": compressed.headers.etag });
    expect(known).toMatchObject({ status: 304, bytes: 0 });
    expect((await get("GET", { "if-none-match": '"other"' })).status).toBe(200);
  });

  it("GQL-25 a part that could end its script is not let to", () => {
    const part = "</script><script>alert(1)//<!--";
    const { html } = createPageHtml(
      {
        js: "",
        css: "",
        editorWorkerService: part,
        jsonWorker: part,
        graphqlWorker: part,
      },
      "on",
    );
    expect(scriptsOf(html)).toHaveLength(2);
    expect(html).not.toContain("alert(1)//<!--");
  });

  it.each([
    ["{ a }", undefined, "HTTP"],
    ["subscription { a }", undefined, "socket"],
    ['# query\nsubscription A($f: F = { s: { eq: 1 } }) @live { a(b: "}") }', "A", "socket"],
    ["query A { a } subscription B { b }", "A", "HTTP"],
    ["query A { a } subscription B { b }", "B", "socket"],
    ["subscription B { b } query A { a }", undefined, "socket"],
    ["fragment subscription on Query { a } { ...subscription }", undefined, "HTTP"],
    ['mutation { a(b: """ } \\""" subscription { """) }', undefined, "HTTP"],
    ['{ subscription(a: "\\"{") } # subscription { a }', "subscription", "HTTP"],
    // What GraphiQL calls it may be of the text before.
    ["{ a }", "Former", "HTTP"],
    ["subscription B { b }", "Former", "socket"],
  ])("GQL-25 %s, as %s, goes over %s", async (query, operationName, door) => {
    const asked: unknown[] = [];
    class Socket {
      constructor() {
        asked.push("socket");
        queueMicrotask(() => this.onclose({ code: 1000, reason: "" }));
      }
      onclose(_: object): void {}
      close(): void {}
    }
    const fetch = async (_: string, { body }: { readonly body: string }) => {
      asked.push("HTTP", JSON.parse(body).operationName);
      return new Response("{}");
    };
    const createFetcher = new Function(`return (${createFetcherScript})`)();
    const location = new URL("http://localhost/graphql");
    const answer = await createFetcher({ location, fetch, WebSocket: Socket })({ query, operationName });
    if (door === "socket") for await (const event of answer) expect(event).toHaveProperty("errors");
    const isInText = operationName !== undefined && new RegExp(`query ${operationName}\\b`).test(query);
    expect(asked).toEqual(door === "socket" ? ["socket"] : ["HTTP", isInText ? operationName : undefined]);
  });

  it("GQL-53 asks for no schema, and says so, where introspection is off", async () => {
    const parts = { js: "", css: "", editorWorkerService: "", jsonWorker: "", graphqlWorker: "" };
    const [on, off] = [createPageHtml(parts, "on").html, createPageHtml(parts, "off").html];
    expect([on, off].map((html) => html.includes('"schema":null'))).toEqual([false, true]);
    expect([on, off].map((html) => html.includes("Introspection is switched off here"))).toEqual([false, true]);
    const { url } = await startGateway({ introspection: "off" });
    const page = await fetch(url, { headers: { accept: "text/html" } });
    expect(await page.text()).toContain('"schema":null');
  });

  it("GQL-25 asks with the headers of its editor, over HTTP and over a socket", async () => {
    const gateway = await startGateway();
    const createFetcher = new Function(`return (${createFetcherScript})`)();
    const sockets: WebSocket[] = [];
    class Socket extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol);
        sockets.push(this);
      }
    }
    const location = new URL(`${gateway.url}?query=x#y`);
    const fetcher = createFetcher({ location, fetch, WebSocket: Socket });
    const run = (query: string, headers: object, operationName?: string) =>
      fetcher({ query, operationName }, { headers });
    const key = { "x-api-key": "right" };

    expect(await run(`mutation { createTask(input: { id: "t0", title: "x" }) { id } }`, key)).toEqual({
      data: { createTask: { id: "t0" } },
    });
    expect(await run("{ __typename }", {})).toMatchObject({ errors: [{ errorType: "UnauthorizedException" }] });

    const events = run("query A { __typename } subscription B { onCreateTask { id } }", key, "B");
    const first = events.next();
    await expect.poll(() => gateway.relay.stats().changesCommitted).toBe(1);
    let heard: Fields | null = null;
    first.then((event: Fields) => {
      heard = event;
    });
    for (let i = 1; heard === null; i += 1) {
      await gateway.field(`mutation { createTask(input: { id: "t${i}", title: "x" }) { id } }`);
    }
    expect(heard).toMatchObject({ value: { data: { onCreateTask: { id: expect.stringMatching(/^t[1-9]/) } } } });
    await events.return();
    await expect.poll(() => sockets[0]?.readyState).toBe(WebSocket.CLOSED);

    const refused = await run("subscription { onCreateTask { id } }", {}).next();
    expect(refused.value.errors[0].message).toBe("the API key is wrong (the socket was closed with code 4403)");
    const failed = await run("subscription { nope }", key).next();
    expect(failed.value.errors[0]).toMatchObject({ errorType: "ValidationError" });

    const broken = async () => new Response("<h1>Bad Gateway</h1>", { status: 502 });
    const apart = createFetcher({ location, fetch: broken, WebSocket: Socket });
    expect(await apart({ query: "{ __typename }" })).toEqual({
      errors: [{ message: "HTTP 502 <h1>Bad Gateway</h1>" }],
    });
  });
});
