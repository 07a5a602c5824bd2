import { describe, expect, it } from "vitest";
import { readHandshakeHeaders } from "../../../src/socket/appsync/handshake-headers.ts";

const header = { host: "example.com:4000", "X-Api-Key": "ü?>~k", "x-amz-date": "20240101T000000Z", more: 1 };
const expected = { host: "example.com:4000", "x-api-key": "ü?>~k", "x-amz-date": "20240101T000000Z" };
const standard = Buffer.from(JSON.stringify(header)).toString("base64");
const urlSafe = Buffer.from(JSON.stringify(header)).toString("base64url");

const bySubprotocol = (offered: string) =>
  readHandshakeHeaders({ headers: { "sec-websocket-protocol": offered }, url: "/graphql" });
const byUrl = (url: string) => readHandshakeHeaders({ headers: {}, url });

describe("readHandshakeHeaders", () => {
  it("RT-1 reads the subprotocol, at whatever place, in either alphabet", () => {
    expect(standard).not.toBe(urlSafe.padEnd(standard.length, "="));
    for (const offered of [
      `graphql-ws, header-${urlSafe}`,
      `header-${urlSafe},graphql-ws`,
      `graphql-ws, header-${standard}`,
    ]) {
      expect(bySubprotocol(offered)).toEqual({ outcome: "read", headers: expected });
    }
  });

  it("RT-1 reads the query, escaped or not, broken into lines or not", () => {
    const inLines = standard.replace(/(.{20})/g, "$1\n");
    for (const encoded of [encodeURIComponent(standard), standard, encodeURIComponent(inLines)]) {
      expect(byUrl(`/graphql/realtime?header=${encoded}&payload=e30=`)).toEqual({ outcome: "read", headers: expected });
    }
  });

  it("RT-1 without a header there are none", () => {
    expect(byUrl("/graphql")).toEqual({ outcome: "read", headers: {} });
    expect(byUrl("/graphql?payload=e30=")).toEqual({ outcome: "read", headers: {} });
    expect(bySubprotocol("graphql-ws")).toEqual({ outcome: "read", headers: {} });
  });

  it.each([
    ["what is not base64", "%%%", "it is not base64"],
    ["what is not JSON", Buffer.from("nothing").toString("base64url"), "it is not JSON"],
    ["a list", Buffer.from("[]").toString("base64url"), "it is no object"],
    ["a prototype", Buffer.from('{"__proto__":{}}').toString("base64url"), 'it has the key "__proto__"'],
    ["depth", Buffer.from(`${"[".repeat(50)}${"]".repeat(50)}`).toString("base64url"), "it is nested deeper"],
  ])("RT-2 refuses %s", (_, encoded, problem) => {
    expect(bySubprotocol(`graphql-ws, header-${encoded}`)).toMatchObject({
      outcome: "refused",
      reason: expect.stringContaining(problem),
    });
  });
});
