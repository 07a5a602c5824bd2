import { describe, expect, test } from "vitest";
import { createAuthenticate } from "../../src/access/authenticate.ts";

const bearer = { outcome: "accepted", identity: { kind: "apiKey", id: "default" }, expiresAt: null };
const nobody = { outcome: "accepted", identity: { kind: "nobody" }, expiresAt: null };
const refused = (reason: RegExp) => ({ outcome: "refused", reason: expect.stringMatching(reason) });

const key = (text: string) => ({ kind: "apiKey", key: text }) as const;
const none = { kind: "none" } as const;
const token = { kind: "token", token: "a.b.c" } as const;
const iam = { kind: "iam", headers: {} } as const;

describe.each([false, true])("with an API key, sandbox %s", (isSandbox) => {
  const authenticate = createAuthenticate({ apiKey: "secret-1", isSandbox });

  test("SERVER-20 the key is needed and compared whole", async () => {
    expect(await authenticate(key("secret-1"))).toEqual(bearer);
    for (const wrong of ["secret-2", "secret-", "secret-11", "SECRET-1", ""]) {
      expect(await authenticate(key(wrong))).toEqual(refused(/API key is wrong/));
    }
    expect(await authenticate(none)).toEqual(refused(/API key is needed.*x-api-key/));
  });

  test("SERVER-23 tokens and signatures are refused with a reason", async () => {
    expect(await authenticate(token)).toEqual(refused(/tokens are not accepted by this version.*x-api-key/));
    expect(await authenticate(iam)).toEqual(refused(/AWS signatures are not accepted by this version/));
  });
});

test("SERVER-21 a sandbox without a key takes everybody for nobody, whatever they send", async () => {
  const authenticate = createAuthenticate({ apiKey: null, isSandbox: true });
  for (const auth of [none, key("any"), token, iam]) expect(await authenticate(auth)).toEqual(nobody);
});

test("SERVER-22 without key and sandbox nobody comes in as somebody", async () => {
  const authenticate = createAuthenticate({ apiKey: null, isSandbox: false });
  expect(await authenticate(none)).toEqual(nobody);
  expect(await authenticate(key("any"))).toEqual(refused(/no API key is configured.*--api-key/));
  expect(await authenticate(token)).toEqual(refused(/not accepted/));
});
