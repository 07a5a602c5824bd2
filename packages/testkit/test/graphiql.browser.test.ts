/** GraphiQL as the command serves it, in a real browser: what a person sees who opens the API there. */
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { isWithoutBrowser } from "../src/browser/find-browser.ts";
import { openBrowser } from "../src/browser/open-browser.ts";
import { endChildren } from "../src/processes/child.ts";
import { startRelayProcess } from "../src/processes/relay-process.ts";
import { tempFolder } from "./temp-folder.ts";

const schemaFile = path.resolve(import.meta.dirname, "fixtures/chores.graphql");
const apiKey = "graphiql-test-key";

let browser: Browser;

/** What a page complained about: errors in its console, exceptions, and what its policy or the network did not let through. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`));
  return complaints;
}

interface Opened {
  readonly page: Page;
  readonly url: string;
  readonly complaints: readonly string[];
}

interface OpenOptions {
  /** What stands in the header editor from a visit before; null for a first visit. */
  readonly key: string | null;
  readonly flags?: readonly string[];
}

async function open({ key, flags = [] }: OpenOptions): Promise<Opened> {
  onTestFinished(endChildren);
  const data = path.join(tempFolder(), "data");
  const given = ["--schema", schemaFile, "--data", data, "--port", "0", "--api-key", apiKey];
  const { url } = await startRelayProcess(["start", ...given, ...flags]);
  const permissions = ["clipboard-read", "clipboard-write"];
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  if (key !== null) {
    const headers = JSON.stringify(`{ "x-api-key": "${key}" }`);
    await page.addInitScript({ content: `localStorage.setItem("graphiql:headers", ${headers})` });
  }
  const complaints = complaintsOf(page);
  await page.goto(`${url}/graphql`);
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  return { page, url, complaints };
}

/** What an editor shows, as it is read. */
async function textOf(page: Page, section: string): Promise<string> {
  const lines = await page.locator(`section[aria-label="${section}"] .view-line:visible`).allInnerTexts();
  return lines.join(" ").replaceAll("\u00a0", " ").replace(/\s+/g, " ");
}

/** Pasted, since the editor closes each brace that is typed. */
async function write(page: Page, section: string, text: string): Promise<void> {
  await page.locator(`section[aria-label="${section}"] .view-lines:visible`).first().click();
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Control+V");
  await expect.poll(() => textOf(page, section)).toBe(text);
}

async function run(page: Page, document: string): Promise<void> {
  await write(page, "Operation Editor", document);
  await page.getByLabel("Execute query (Ctrl-Enter)").click();
}

const shows = (page: Page, part: string | RegExp) => expect.poll(() => textOf(page, "Result Window")).toMatch(part);

async function createTask(url: string, title: string): Promise<void> {
  const query = `mutation { createTask(input: { title: "${title}" }) { id } }`;
  const headers = { "content-type": "application/json", "x-api-key": apiKey };
  const response = await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
  expect(await response.json()).not.toHaveProperty("errors");
}

describe.skipIf(isWithoutBrowser())("GraphiQL in a browser", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  }, 300_000);
  afterAll(() => browser?.close());

  it("GRAPHIQL-1 GRAPHIQL-2 opens under its policy without a complaint, and lists the schema in its book", async () => {
    const { page, complaints } = await open({ key: apiKey });
    expect(await page.title()).toBe("GraphiQL - Tributary");
    await page.getByLabel("Execute query (Ctrl-Enter)").click();
    await shows(page, '"__typename": "Query"');
    await page.getByLabel("Show Documentation Explorer").click();
    const book = page.locator(".graphiql-doc-explorer");
    await book.getByText("Query", { exact: true }).click();
    for (const field of ["getTask", "listTasks", "syncTasks", "tasksByBoard"]) {
      await book.getByText(field, { exact: true }).waitFor();
    }
    await book.getByText("listTasks", { exact: true }).click();
    await book.getByText("ModelTaskFilterInput").waitFor();
    expect(complaints).toEqual([]);
  });

  it("GRAPHIQL-3 answers queries and mutations, and shows over its socket what others change", async () => {
    const { page, url, complaints } = await open({ key: apiKey });
    await run(page, 'mutation { createTask(input: { title: "made here", priority: 1 }) { title _version } }');
    await shows(page, '"createTask": { "title": "made here", "_version": 1 }');
    await run(page, "{ listTasks { items { title priority } } }");
    await shows(page, '"items": [ { "title": "made here", "priority": 1 } ]');
    await run(page, "{ listTasks { items { nope } } }");
    await shows(page, 'Cannot query field \\"nope\\" on type \\"Task\\".');

    const socket = page.waitForEvent("websocket");
    await run(page, "subscription { onCreateTask { title _version } }");
    expect((await socket).url()).toBe(`${url.replace("http", "ws")}/graphql`);
    await expect
      .poll(async () => {
        await createTask(url, "made elsewhere");
        return textOf(page, "Result Window");
      })
      .toContain('"onCreateTask": { "title": "made elsewhere", "_version": 1 }');
    expect(complaints).toEqual([]);
  });

  it("GRAPHIQL-4 says on a first visit that a key is needed and where it goes, and what is wrong with another", async () => {
    const { page } = await open({ key: null });
    await shows(page, "an API key is needed: send it as x-api-key");
    expect(await textOf(page, "Operation Editor")).toContain("An API key goes into the headers below.");
    await write(page, "Headers", '{ "x-api-key": "wrong" }');
    await run(page, "{ listTasks { nextToken } }");
    await shows(page, '"message": "the API key is wrong"');
    await run(page, "subscription { onCreateTask { id } }");
    await shows(page, "the API key is wrong (the socket was closed with code 4403)");
    await write(page, "Headers", `{ "x-api-key": "${apiKey}" }`);
    await run(page, "{ listTasks { nextToken } }");
    await shows(page, '"nextToken": null');
    await page.getByLabel("Re-fetch GraphQL schema (Shift-Ctrl-R)").click();
    await page.getByLabel("Show Documentation Explorer").click();
    await page.locator(".graphiql-doc-explorer").getByText("Query", { exact: true }).waitFor();
  });

  it("GRAPHIQL-5 says that introspection is off, and runs what is typed", async () => {
    const { page, complaints } = await open({ key: apiKey, flags: ["--introspection", "off"] });
    expect(await textOf(page, "Operation Editor")).toContain("Introspection is switched off here");
    await run(page, "{ listTasks { nextToken } }");
    await shows(page, '"nextToken": null');
    await run(page, "{ __schema { queryType { name } } }");
    await shows(page, "Introspection is switched off: __schema is not served");
    await page.getByLabel("Show Documentation Explorer").click();
    await page.locator(".graphiql-doc-explorer").getByText("No GraphQL schema available").waitFor();
    expect(complaints).toEqual([]);
  });
});
