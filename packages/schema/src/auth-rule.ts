/** `@auth` rules as they are written, and as data with every default filled in. */
import { canonicalJson } from "./canonical-json.ts";
import type { AuthOperation, AuthRule, SchemaDescription } from "./description.ts";
import { roleText } from "./read-rules.ts";

/** The operations a rule may name. */
export const authOperations: readonly AuthOperation[] = [
  "create",
  "update",
  "delete",
  "read",
  "get",
  "list",
  "sync",
  "listen",
  "search",
];

/** Whom a rule may allow. */
export const ruleAllows: readonly AuthRule["allow"][] = ["public", "private", "owner", "groups", "custom"];

/** The providers that go with each `allow`; the first is the default. */
export const providersByAllow: Readonly<Record<AuthRule["allow"], readonly AuthRule["provider"][]>> = {
  public: ["apiKey", "iam", "identityPool"],
  private: ["userPools", "oidc", "iam", "identityPool"],
  owner: ["userPools", "oidc"],
  groups: ["userPools", "oidc"],
  custom: ["function"],
};

/** A rule as it is written. `identityField`, `queries` and `mutations` are older words of the first dialect. */
export interface GivenRule {
  readonly allow: AuthRule["allow"];
  readonly provider?: AuthRule["provider"];
  readonly operations?: readonly AuthOperation[];
  readonly queries?: readonly ("get" | "list")[] | null;
  readonly mutations?: readonly ("create" | "update" | "delete")[] | null;
  readonly ownerField?: string;
  readonly identityClaim?: string;
  readonly identityField?: string;
  readonly groups?: readonly string[];
  readonly groupsField?: string;
  readonly groupClaim?: string;
}

/** The rule with its defaults. */
export function completeRule(given: GivenRule, dialect: SchemaDescription["dialect"]): AuthRule {
  const { allow } = given;
  const isOwner = allow === "owner";
  const isGroups = allow === "groups";
  return {
    allow,
    provider: given.provider ?? providersByAllow[allow][0] ?? "apiKey",
    operations: [...new Set(given.operations ?? operationsOf(given))],
    ...(isOwner && { ownerField: given.ownerField ?? "owner" }),
    ...(isOwner && { identityClaim: given.identityClaim ?? given.identityField ?? defaultIdentityClaim[dialect] }),
    ...(isGroups && given.groups !== undefined && { groups: given.groups }),
    ...(isGroups && given.groupsField !== undefined && { groupsField: given.groupsField }),
    ...(isGroups && { groupClaim: given.groupClaim ?? "cognito:groups" }),
  };
}

/** The rules of several declarations as one list; what they say of one role is joined. */
export function joinedRules(rules: readonly AuthRule[]): readonly AuthRule[] {
  const byRole = new Map<string, AuthRule>();
  for (const rule of rules) {
    const role = roleText(rule);
    const other = byRole.get(role);
    if (other === undefined) byRole.set(role, rule);
    else if (canonicalJson(other.operations) !== canonicalJson(rule.operations))
      byRole.set(role, { ...other, operations: [...new Set([...other.operations, ...rule.operations])] });
  }
  return [...byRole.values()];
}

export const defaultIdentityClaim: Readonly<Record<SchemaDescription["dialect"], string>> = {
  v1: "username",
  v2: "sub::username",
};

/** All of them, unless older words name some; `null` there names none. */
function operationsOf({ queries, mutations }: GivenRule): readonly AuthOperation[] {
  const writing = mutations === undefined ? (["create", "update", "delete"] as const) : (mutations ?? []);
  const reading = queries === undefined ? (["get", "list"] as const) : (queries ?? []);
  return [...writing, ...(reading.includes("get") && reading.includes("list") ? (["read"] as const) : reading)];
}
