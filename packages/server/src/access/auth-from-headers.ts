/**
 * The credential in the headers of a request, or in the payload of a GraphQL `connection_init`, which names the same things.
 *
 * `x-api-key` comes before `Authorization`, because proxies add the latter.
 */
import type { Auth } from "@tributary/protocol";

/** Header values by name, in any letter case. What is not text is no credential. */
export type CredentialHeaders = Readonly<Record<string, unknown>>;

export function authFromHeaders(headers: CredentialHeaders): Auth {
  const byName = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string" && value !== "") byName.set(name.toLowerCase(), value);
  }
  const key = byName.get("x-api-key");
  if (key !== undefined) return { kind: "apiKey", key };
  const authorization = byName.get("authorization")?.trim();
  if (authorization === undefined || authorization === "") return { kind: "none" };
  if (/^AWS4-/i.test(authorization)) return { kind: "iam", headers: Object.fromEntries(byName) };
  return { kind: "token", token: authorization.replace(/^Bearer\s+/i, "") };
}
