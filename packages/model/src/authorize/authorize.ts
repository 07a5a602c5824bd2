/**
 * Whether an identity may do something to a record: one pure function for every door.
 *
 * Rules are OR-ed; without a rule that applies there is no access. A model without rules is closed, but in a sandbox. A
 * field with rules of its own is judged by them alone: for a write, every field that the write touches must be allowed.
 */
import { type AuthOperation, type AuthRule, fieldNamed, type ModelDescription } from "@tributary/schema";
import type { Identity } from "../identity.ts";
import type { Values } from "../json-value.ts";
import { appliesToApiKey } from "./public-rule.ts";

export type Operation = "create" | "read" | "update" | "delete";

/** Whole rows: what a deletion hides is part of them. `written` names the fields that a write touches, winning or not. */
export interface AuthorizedChange {
  readonly before: Values | null;
  readonly after: Values | null;
  readonly written: readonly string[];
}

export interface AuthorizeOptions {
  /** Models without `@auth` are open to everybody. */
  readonly sandbox: boolean;
}

export type Authorization =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly fields: readonly string[]; readonly reason: string };

const allowed: Authorization = { allowed: true };

/** The finer operations that stand for `read`. */
const readOperations: readonly AuthOperation[] = ["read", "get", "list", "sync", "listen"];

export function authorize(
  model: ModelDescription,
  identity: Identity,
  operation: Operation,
  change: AuthorizedChange,
  options: AuthorizeOptions,
): Authorization {
  if (identity.kind === "operator") return allowed;
  if (model.auth.length === 0 && options.sandbox) return allowed;
  if (model.auth.length === 0) {
    return refused([], `${model.name} has no @auth rule, so nobody may ${operation} it; add one or run with --sandbox`);
  }
  if (operation === "read") {
    return permits(model.auth, identity, operation) ? allowed : refused([], `not allowed to read ${model.name}`);
  }
  const fields = forbiddenFields(model, identity, operation, change.written);
  if (fields.length > 0) return refused(fields, `not allowed to ${operation} ${fields.join(", ")} of ${model.name}`);
  return permits(model.auth, identity, operation) ? allowed : refused([], `not allowed to ${operation} ${model.name}`);
}

function refused(fields: readonly string[], reason: string): Authorization {
  return { allowed: false, fields, reason };
}

/** Fields with rules of their own that do not let this write through. */
function forbiddenFields(
  model: ModelDescription,
  identity: Identity,
  operation: Operation,
  written: readonly string[],
): string[] {
  return written.filter((name) => {
    const rules = fieldNamed(model, name)?.auth ?? [];
    return rules.length > 0 && !permits(rules, identity, operation);
  });
}

function permits(rules: readonly AuthRule[], identity: Identity, operation: Operation): boolean {
  return rules.some((rule) => covers(rule, operation) && applies(rule, identity));
}

function covers(rule: AuthRule, operation: Operation): boolean {
  return operation === "read"
    ? rule.operations.some((one) => readOperations.includes(one))
    : rule.operations.includes(operation);
}

/** Owner, group, private and custom rules need an identity this version does not establish: they let nobody in. */
function applies(rule: AuthRule, identity: Identity): boolean {
  switch (rule.allow) {
    case "public":
      return appliesToApiKey(rule, identity);
    case "private":
    case "owner":
    case "groups":
    case "custom":
      return false;
  }
}
