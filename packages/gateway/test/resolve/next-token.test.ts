import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/gateway-error.ts";
import { type Position, queryHash, readToken, writeToken } from "../../src/resolve/next-token.ts";

const hash = queryHash("listTasks", { limit: 5, filter: null });

describe("tokens", () => {
  it("GQL-7 lead back to the place they were written for", () => {
    const positions: Position[] = [
      { place: { kind: "records", after: { stars: 3, id: "ä" } }, startedAt: 12 },
      { place: { kind: "records", after: { stars: null, id: "a" } }, startedAt: 12 },
      { place: { kind: "records", after: null }, startedAt: 12 },
      { place: { kind: "changes", afterSeq: 7 }, startedAt: 12 },
    ];
    for (const position of positions) {
      expect(readToken(writeToken(hash, position), hash, ["stars", "id"])).toEqual(position);
    }
  });

  it("GQL-7 belong to a query, not to a page", () => {
    expect(queryHash("listTasks", { limit: 9, nextToken: "x", filter: undefined })).toBe(hash);
    expect(queryHash("syncTasks", {})).not.toBe(hash);
    expect(queryHash("listTasks", { filter: { stars: { gt: 1 } } })).not.toBe(hash);
  });

  it("GQL-7 are refused when they are somebody's own making", () => {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const good = { query: hash, at: 1, after: { stars: 1, id: "a" } };
    expect(() => readToken(encode(good), hash, ["stars", "id"])).not.toThrow();
    const deep = JSON.parse(`${"[".repeat(200)}${"]".repeat(200)}`);
    for (const bad of [
      null,
      7,
      [],
      {},
      { ...good, query: "other" },
      { ...good, at: "1" },
      { query: hash, at: 1 },
      { ...good, after: [] },
      { ...good, after: "a" },
      { ...good, after: { id: "a" } },
      { ...good, after: { stars: {}, id: "a" } },
      { ...good, after: deep },
      { query: hash, at: 1, seq: -1 },
      { query: hash, at: 1, seq: 0.5 },
    ]) {
      expect(() => readToken(encode(bad), hash, ["stars", "id"]), JSON.stringify(bad)).toThrow(GatewayError);
    }
    for (const text of [
      "",
      "=",
      "a b",
      "x".repeat(10_000),
      writeToken(hash, { place: { kind: "changes", afterSeq: 1 }, startedAt: 1 }).slice(1),
    ]) {
      expect(() => readToken(text, hash, ["id"]), text.slice(0, 20)).toThrow("nextToken");
    }
  });
});
