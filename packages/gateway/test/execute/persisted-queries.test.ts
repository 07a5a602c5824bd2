import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createFindText, type FindText, type FoundText } from "../../src/execute/persisted-queries.ts";

const limits = { maxPersistedQueryCharacters: 100, maxTokens: 50 };

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
const named = (sha256Hash: unknown, version: unknown = 1): object => ({ persistedQuery: { version, sha256Hash } });
const textOf = (found: FoundText): string =>
  found.outcome === "found" ? found.text : `${found.error.errorType} ${found.error.status}: ${found.error.message}`;

function send(findText: FindText, text: string): void {
  const found = findText({ query: text, extensions: named(hashOf(text)) });
  expect(textOf(found)).toBe(text);
  if (found.outcome === "found") found.keep();
}

describe("persisted queries, automatic", () => {
  it("GQL-50 finds by its hash what was sent with it and served, and says what it does not know", () => {
    const findText = createFindText("automatic", limits);
    const text = "{ listTasks { nextToken } }";
    const byHash = () => textOf(findText({ query: undefined, extensions: named(hashOf(text)) }));
    const unknown = "PERSISTED_QUERY_NOT_FOUND 200: PersistedQueryNotFound";
    expect(byHash()).toBe(unknown);
    // Sent, and found to be invalid.
    findText({ query: text, extensions: named(hashOf(text)) });
    expect(byHash()).toBe(unknown);
    send(findText, text);
    expect(byHash()).toBe(text);
    expect(textOf(findText({ query: null, extensions: named(hashOf(text)) }))).toBe(text);
  });

  it("GQL-50 keeps nothing under a hash that is not its own", () => {
    const findText = createFindText("automatic", limits);
    for (const hash of [hashOf("{ b }"), hashOf("{ a }").toUpperCase(), ""]) {
      expect(textOf(findText({ query: "{ a }", extensions: named(hash) }))).toContain(
        "MalformedHttpRequestException 400: extensions.persistedQuery.sha256Hash is not the hash",
      );
    }
  });

  it("GQL-50 refuses what is not of the protocol, and passes over other extensions", () => {
    const findText = createFindText("automatic", limits);
    for (const persistedQuery of [1, {}, { version: 2, sha256Hash: "a" }, { version: 1, sha256Hash: 7 }]) {
      expect(textOf(findText({ query: "{ a }", extensions: { persistedQuery } }))).toContain(
        "{version: 1, sha256Hash}",
      );
    }
    for (const extensions of [undefined, null, "x", [], { persistedQuery: null }, { tracing: true }]) {
      expect(textOf(findText({ query: "{ a }", extensions }))).toBe("{ a }");
      expect(textOf(findText({ query: undefined, extensions }))).toContain("query is missing");
    }
  });

  it("GQL-50 keeps a bounded number of characters, the least used go first, and nothing that is longer alone", () => {
    const findText = createFindText("automatic", limits);
    const texts = ["a", "b", "c", "d"].map((name) => `{ ${name.repeat(26)} }`);
    const known = () =>
      texts.map((text) => findText({ query: undefined, extensions: named(hashOf(text)) }).outcome === "found");
    for (const text of texts.slice(0, 3)) send(findText, text);
    expect(known()).toEqual([true, true, true, false]);
    findText({ query: undefined, extensions: named(hashOf(texts[0] ?? "")) });
    send(findText, texts[3] ?? "");
    expect(known()).toEqual([true, false, true, true]);
    send(findText, `{ ${"e".repeat(100)} }`);
    expect(known()).toEqual([true, false, true, true]);
  });
});

describe("persisted queries, off", () => {
  it("GQL-51 tells clients that name documents to send them, and serves those that do", () => {
    const findText = createFindText("off", limits);
    const extensions = named(hashOf("{ a }"));
    expect(textOf(findText({ query: undefined, extensions }))).toBe(
      "PERSISTED_QUERY_NOT_SUPPORTED 200: PersistedQueryNotSupported",
    );
    expect(textOf(findText({ query: "{ a }", extensions }))).toBe("{ a }");
    expect(textOf(findText({ query: undefined }))).toContain("query is missing");
  });
});

describe("persisted queries, only those of a list", () => {
  const text = "query Tasks {\n  listTasks {\n    nextToken\n  }\n}";
  const findText = createFindText({ only: new Map([["tasks-1", text]]) }, limits);
  const notListed = "UnsupportedOperation 400: the document is not among those that are served here";

  it("GQL-52 serves them by the names of the list, and by their text, however it is written", () => {
    for (const request of [
      { query: undefined, extensions: named("tasks-1") },
      { query: text },
      { query: "query Tasks{listTasks{nextToken}} # as short as can be" },
      { query: text, extensions: named(hashOf(text)) },
    ]) {
      expect(textOf(findText(request))).toBe(text);
    }
  });

  it("GQL-52 refuses every other, whatever is wrong with it", () => {
    for (const request of [
      { query: undefined, extensions: named("tasks-2") },
      { query: undefined, extensions: named("__proto__") },
      { query: "query Tasks { listTasks { nextToken startedAt } }" },
      { query: "query Others { listTasks { nextToken } }" },
      { query: `${text} query Others { __schema { description } }` },
      { query: "{" },
      { query: `{ ${"a ".repeat(60)} }` },
      { query: "{ a ".repeat(20_000) },
    ]) {
      expect(textOf(findText(request)), JSON.stringify(request).slice(0, 80)).toBe(notListed);
    }
    expect(textOf(findText({ query: undefined }))).toContain("query is missing");
  });
});
