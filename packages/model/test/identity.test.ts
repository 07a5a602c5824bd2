import { expect, test } from "vitest";
import { type Identity, principalOf } from "../src/index.ts";

test("MODEL-7 every kind of identity is a principal of its own", () => {
  const identities: Identity[] = [
    { kind: "nobody" },
    { kind: "operator" },
    { kind: "apiKey", id: "k" },
    { kind: "token", subject: "k", claims: {}, provider: "userPools" },
    { kind: "token", subject: "k", claims: {}, provider: "oidc" },
    { kind: "iam", principal: "k", role: "authenticated" },
  ];
  expect(identities.map(principalOf)).toEqual(["nobody", "operator", "apiKey:k", "userPools:k", "oidc:k", "iam:k"]);
});
