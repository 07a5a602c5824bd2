/** The ways to authenticate that an API can have, under Amplify's names. */
import type { AuthRule } from "@tributary/schema";

export type AuthProvider = "apiKey" | "userPools" | "oidc" | "iam" | "function";

export const authProviders: readonly AuthProvider[] = ["apiKey", "userPools", "oidc", "iam", "function"];

/** Who a rule speaks of is authenticated by this; `identityPool` is a newer word for `iam`. */
export function providerOfRule({ provider }: AuthRule): AuthProvider {
  return provider === "identityPool" ? "iam" : provider;
}
