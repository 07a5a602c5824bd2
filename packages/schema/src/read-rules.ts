/**
 * Who may read a field, as far as the schema alone says: the `@auth` rules that stand for it, reduced to their reading part.
 *
 * Two fields whose reading parts are equal are always delivered together. Nothing here knows an identity or a record.
 */
import { providerOfRule } from "./auth-provider.ts";
import { canonicalJson, type Json } from "./canonical-json.ts";
import type { AuthOperation, AuthRule, FieldDescription, ModelDescription } from "./description.ts";

/** The operations that `read` is short for. */
export const readingOperations: readonly AuthOperation[] = ["get", "list", "listen", "search", "sync"];

/** The rules that stand for a field: its own if it has any, else its model's. */
export function rulesOfField(
  model: Pick<ModelDescription, "auth">,
  field: Pick<FieldDescription, "auth">,
): readonly AuthRule[] {
  return field.auth.length > 0 ? field.auth : model.auth;
}

/** Canonical text of what `rules` let anyone read; equal texts mean equal readers. Order and repetition do not matter. */
export function readingPart(rules: readonly AuthRule[]): string {
  const parts = rules.flatMap((rule) => {
    const operations = readingOperationsOf(rule);
    return operations.length === 0 ? [] : [canonicalJson({ ...roleOf(rule), operations })];
  });
  return canonicalJson([...new Set(parts)].sort());
}

/** Canonical text of whom a rule speaks of, its operations left out; equal texts mean the same role. */
export function roleText(rule: AuthRule): string {
  return canonicalJson(roleOf(rule));
}

function readingOperationsOf(rule: AuthRule): readonly AuthOperation[] {
  if (rule.operations.includes("read")) return readingOperations;
  return readingOperations.filter((operation) => rule.operations.includes(operation));
}

function roleOf(rule: AuthRule): { readonly [key: string]: Json | undefined } {
  return {
    allow: rule.allow,
    provider: providerOfRule(rule),
    ownerField: rule.ownerField,
    identityClaim: rule.identityClaim,
    groups: rule.groups === undefined ? undefined : [...new Set(rule.groups)].sort(),
    groupsField: rule.groupsField,
    groupClaim: rule.groupClaim,
  };
}
