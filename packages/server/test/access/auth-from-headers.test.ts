import { expect, test } from "vitest";
import { authFromHeaders } from "../../src/access/auth-from-headers.ts";

test.each([
  [{}, { kind: "none" }],
  [{ "x-api-key": "k" }, { kind: "apiKey", key: "k" }],
  [{ "X-Api-Key": "k" }, { kind: "apiKey", key: "k" }],
  [
    { "x-api-key": "k", authorization: "Basic abc" },
    { kind: "apiKey", key: "k" },
  ],
  [{ authorization: "a.b.c" }, { kind: "token", token: "a.b.c" }],
  [{ Authorization: "Bearer a.b.c" }, { kind: "token", token: "a.b.c" }],
  [{ authorization: "bearer  a.b.c" }, { kind: "token", token: "a.b.c" }],
  [{ "x-api-key": "", authorization: " " }, { kind: "none" }],
  [{ "x-api-key": ["a", "b"], authorization: 7 }, { kind: "none" }],
])("SERVER-24 %j", (headers, auth) => {
  expect(authFromHeaders(headers)).toEqual(auth);
});

test("SERVER-24 a signature takes its headers along, by lower-case name", () => {
  const authorization = "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y";
  expect(authFromHeaders({ Authorization: authorization, "X-Amz-Date": "20260101T000000Z" })).toEqual({
    kind: "iam",
    headers: { authorization, "x-amz-date": "20260101T000000Z" },
  });
});
