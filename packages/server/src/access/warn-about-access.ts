/** Says what a person would otherwise find out by wondering why every request is refused, or why none is. */
import { type OutOfReach, outOfReach } from "@tributary/model";
import type { Logger } from "@tributary/relay";
import type { AuthRule, SchemaDescription } from "@tributary/schema";
import { type Access, identitiesOf } from "./authenticate.ts";

/** What the settings alone tell, once a start. */
export function warnAboutAccess({ apiKey, isSandbox }: Access, host: string, log: Logger): void {
  if (apiKey !== null) return;
  if (!isSandbox) log.warn({}, "neither --api-key nor --sandbox is given: nobody can read or write");
  else if (!/^(127\.|::1$|localhost$)/.test(host))
    log.warn({ host }, "--sandbox without --api-key: everybody who reaches this host can read and write");
}

/** What of a schema nobody can reach, for each schema that is served. Where nobody can reach anything, the settings told. */
export function warnAboutReach(schema: SchemaDescription, access: Access, log: Logger): void {
  const { apiKey, isSandbox } = access;
  if (apiKey === null && !isSandbox) return;
  const found = outOfReach(schema, identitiesOf(access), { sandbox: isSandbox });
  const closed = found.filter(({ rules }) => rules.length === 0).map(({ name }) => name);
  if (closed.length > 0)
    log.warn({ models: closed }, "models without @auth are closed: add rules, or start with --sandbox");
  const ruled = found.filter(({ rules }) => rules.length > 0);
  if (ruled.length > 0) log.warn({}, `nobody can reach ${ruled.map(withRules).join("; ")}; ${whoComes(access)}`);
}

function withRules({ name, rules }: OutOfReach): string {
  return `${name}: its @auth rules are for ${[...new Set(rules.map(roleOf))].join(", ")}`;
}

/** As the rule is written, as far as it tells why it lets nobody in. */
function roleOf({ allow, provider, operations }: AuthRule): string {
  if (allow !== "public") return allow;
  return provider === "apiKey" ? `public to ${operations.join(", ") || "do nothing"}` : `public with ${provider}`;
}

function whoComes({ apiKey }: Access): string {
  const known = "this version knows API keys alone";
  return apiKey === null ? `${known}, and none is given with --api-key` : known;
}
