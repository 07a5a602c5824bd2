/**
 * Whether an identity may do something to a record: one pure function for every door.
 *
 * Rules are OR-ed; without a rule that applies there is no access. A model without rules is closed, but in a sandbox. A
 * field with rules of its own is judged by them alone, in a sandbox too: for a write, every field that the write touches must
 * be allowed.
 */
import { type AuthOperation, type AuthRule, type ModelDescription, ruledFields } from "@tributary/schema";
import type { Identity } from "../identity.ts";
import type { Values } from "../json-value.ts";
import { appliesToApiKey } from "./public-rule.ts";

/** `read` is reading in every way at once, as a session that syncs does; `get`, `list` and `listen` are one way each. */
export type Operation = "create" | "read" | "get" | "list" | "listen" | "update" | "delete";

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

/** What `read` takes, where a rule names ways of reading one by one: whoever may only `get` must not sync the model. */
const waysOfReading: readonly AuthOperation[] = ["get", "list", "listen", "sync"];

export function authorize(
  model: ModelDescription,
  identity: Identity,
  operation: Operation,
  change: AuthorizedChange,
  options: AuthorizeOptions,
): Authorization {
  if (identity.kind === "operator") return allowed;
  const isOpen = model.auth.length === 0 && options.sandbox;
  if (model.auth.length === 0 && !isOpen) {
    return refused([], `${model.name} has no @auth rule, so nobody may ${operation} it; add one or run with --sandbox`);
  }
  const fields = isWriting(operation) ? forbiddenFields(model, identity, operation, change.written) : [];
  if (fields.length > 0) return refused(fields, `not allowed to ${operation} ${fields.join(", ")} of ${model.name}`);
  if (isOpen || permits(model.auth, identity, operation)) return allowed;
  return refused([], `not allowed to ${operation} ${model.name}`);
}

/**
 * Whether an identity may read every record of a model, all of it, whatever is in it: so that pages need no look at each. What
 * depends on the record is left to `authorize`.
 */
export function canReadEvery(model: ModelDescription, identity: Identity, { sandbox }: AuthorizeOptions): boolean {
  if (identity.kind === "operator") return true;
  // Fields of another read rule than the rest lie in a facet of their own.
  if (model.facets.length > 1) return false;
  if (model.auth.length === 0) return sandbox;
  return permits(model.auth.filter(isAboutIdentity), identity, "read");
}

function isAboutIdentity({ allow, groupsField }: AuthRule): boolean {
  return allow === "public" || allow === "private" || (allow === "groups" && groupsField === undefined);
}

function isWriting(operation: Operation): boolean {
  return operation === "create" || operation === "update" || operation === "delete";
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
  const ruled = ruledFields(model);
  if (ruled.length === 0) return [];
  return written.filter((name) => {
    const rules = ruled.find((field) => field.name === name)?.auth;
    return rules !== undefined && !permits(rules, identity, operation);
  });
}

function permits(rules: readonly AuthRule[], identity: Identity, operation: Operation): boolean {
  const mine = rules.filter((rule) => applies(rule, identity));
  const covers = (one: AuthOperation): boolean => mine.some(({ operations }) => operations.includes(one));
  if (isWriting(operation)) return covers(operation);
  return covers("read") || (operation === "read" ? waysOfReading.every(covers) : covers(operation));
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
