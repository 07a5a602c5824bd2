/** `allow: public` with an API key: whoever has the key. */
import type { AuthRule } from "@tributary/schema";
import type { Identity } from "../identity.ts";

export function appliesToApiKey(rule: AuthRule, identity: Identity): boolean {
  return rule.provider === "apiKey" && identity.kind === "apiKey";
}
