/** The ways to authenticate, under Amplify's names. */
import type { AuthRule } from "./description.ts";

/** A way to authenticate that an API can have. */
export type AuthProvider = Exclude<AuthRule["provider"], "identityPool">;

/** Those that an API can have. */
export const authProviders: readonly AuthProvider[] = ["apiKey", "userPools", "oidc", "iam", "function"];

/** Those that a rule may name. */
export const ruleProviders: readonly AuthRule["provider"][] = [
  "apiKey",
  "userPools",
  "oidc",
  "iam",
  "identityPool",
  "function",
];

/** Who a rule speaks of is authenticated by this; `identityPool` is a newer word for `iam`. */
export function providerOfRule({ provider }: Pick<AuthRule, "provider">): AuthProvider {
  return provider === "identityPool" ? "iam" : provider;
}
