/**
 * `@auth(rules: [...])`: who may do what with the records of a model, or with one field, as data with all defaults filled in.
 *
 * Nothing is judged here. Rules add up; a model without any is closed.
 */
import { type ConstDirectiveNode, Kind, type ValueNode } from "graphql";
import { ruleProviders } from "../../auth-provider.ts";
import { authOperations, completeRule, providersByAllow, ruleAllows } from "../../auth-rule.ts";
import type { AuthOperation, AuthRule } from "../../description.ts";
import { roleText } from "../../read-rules.ts";
import { type Directive, defineDirective } from "../directive.ts";
import type { Dialect, SchemaDraft } from "../draft.ts";
import { type Problems, placeOf } from "../problems.ts";
import { isFreeFieldName } from "../reserved-names.ts";
import {
  listOf,
  located,
  nullable,
  oneOf,
  record,
  required,
  text,
  type ValueReader,
  type ValuesOf,
} from "../value-reader.ts";

const finePartsOfRead: readonly AuthOperation[] = ["get", "list", "sync", "listen", "search"];

const ruleReaders = {
  allow: required(oneOf(ruleAllows)),
  provider: oneOf(ruleProviders),
  operations: listOf(oneOf(authOperations)),
  /** Older words of the first dialect for `operations`. */
  queries: nullable(listOf(oneOf(["get", "list"]))),
  mutations: nullable(listOf(oneOf(["create", "update", "delete"]))),
  ownerField: located,
  identityClaim: text,
  /** The first dialect's older word for `identityClaim`. */
  identityField: text,
  groups: listOf(text),
  groupsField: located,
  groupClaim: text,
};

type RuleValues = ValuesOf<typeof ruleReaders>;

export const auth: Directive = defineDirective({
  name: "auth",
  dialect: null,
  arguments: { rules: required(listOf(withNode(record(ruleReaders)))) },
  phase: "properties",
  onModel({ model, node, values }, draft) {
    model.auth = rulesOf(values.rules, `@auth on ${model.name}`, node, false, draft);
  },
  onField({ model, field, node, values }, draft) {
    field.auth = rulesOf(values.rules, `@auth on ${model.name}.${field.name}`, node, true, draft);
  },
});

interface RuleEntry {
  readonly values: RuleValues;
  readonly at: ValueNode;
}

/** The same reader, its value beside the place it was read from. */
function withNode(reader: ValueReader<RuleValues>): ValueReader<RuleEntry, false> {
  return {
    expected: reader.expected,
    isRequired: false,
    read(at, what, problems) {
      const values = reader.read(at, what, problems);
      return values === undefined ? undefined : { values, at };
    },
  };
}

function rulesOf(
  entries: readonly RuleEntry[],
  label: string,
  node: ConstDirectiveNode,
  isOnField: boolean,
  { dialect, problems }: SchemaDraft,
): readonly AuthRule[] {
  const given = node.arguments?.[0]?.value;
  if (given?.kind === Kind.LIST && given.values.length === 0)
    problems.report(node, `${label} has no rules.`, "Give at least one, such as { allow: owner }.");
  const firstByRole = new Map<string, ValueNode>();
  return entries.flatMap((entry) => {
    if (!isSound(entry, label, { isOnField, dialect }, problems)) return [];
    const rule = ruleOf(entry.values, dialect);
    const role = roleText(rule);
    const first = firstByRole.get(role);
    if (first !== undefined) {
      const message = `${label} has two rules for the same role (allow: ${rule.allow}), the first at ${placeOf(first)}.`;
      problems.report(entry.at, message, "Join their operations in one rule.");
      return [];
    }
    firstByRole.set(role, entry.at);
    return [rule];
  });
}

function ruleOf({ ownerField, groupsField, ...values }: RuleValues, dialect: Dialect): AuthRule {
  const given = {
    ...values,
    ...(ownerField !== undefined && { ownerField: ownerField.name }),
    ...(groupsField !== undefined && { groupsField: groupsField.name }),
  };
  return completeRule(given, dialect);
}

/** Whether the parts of a rule go together; reports each that does not. */
function isSound(
  { values, at }: RuleEntry,
  label: string,
  { isOnField, dialect }: { readonly isOnField: boolean; readonly dialect: Dialect },
  problems: Problems,
): boolean {
  let sound = true;
  const refuse = (message: string, hint: string): void => {
    sound = false;
    problems.report(at, `${label}: ${message}`, hint);
  };
  const { allow } = values;
  const providers = providersByAllow[allow];
  if (values.provider !== undefined && !providers.includes(values.provider))
    refuse(`provider ${values.provider} does not go with allow: ${allow}.`, `Use ${providers.join(" or ")}.`);
  if (values.operations?.length === 0)
    refuse("operations is empty.", "Name at least one operation, or leave it out for all.");
  const fine = (values.operations ?? []).filter((operation) => finePartsOfRead.includes(operation));
  if (fine.length > 0 && values.operations?.includes("read"))
    refuse(`operations has both read and ${fine.join(", ")}.`, "Keep either read or the parts of it.");
  if (fine.length > 0 && isOnField)
    refuse(`operation ${fine.join(", ")} cannot be told of a field.`, "Use create, update, delete and read.");
  for (const argument of ["queries", "mutations"] as const) {
    if (values[argument] === undefined) continue;
    if (dialect === "v2") refuse(`${argument} belongs to the first dialect.`, "Use operations.");
    else if (values.operations !== undefined)
      refuse(`a rule has both operations and ${argument}.`, `Remove ${argument}, and name all in operations.`);
  }
  for (const [argument, owner] of belongsToAllow) {
    if (values[argument] !== undefined && allow !== owner)
      refuse(`${argument} does not go with allow: ${allow}.`, `Use it with allow: ${owner} only.`);
  }
  if (allow === "groups") {
    if (values.groups === undefined && values.groupsField === undefined)
      refuse("allow: groups names no groups.", 'Give groups: ["..."] or groupsField: "...".');
    if (values.groups !== undefined && values.groupsField !== undefined)
      refuse("a rule has both groups and groupsField.", "Make two rules of it.");
    if (values.groups?.length === 0) refuse("groups is empty.", "Name at least one group.");
  }
  for (const field of [values.ownerField, values.groupsField]) {
    if (field !== undefined && !isFreeFieldName(field.name, `Field "${field.name}" of ${label}`, field.at, problems))
      sound = false;
  }
  return sound;
}

const belongsToAllow = [
  ["ownerField", "owner"],
  ["identityClaim", "owner"],
  ["identityField", "owner"],
  ["groups", "groups"],
  ["groupsField", "groups"],
  ["groupClaim", "groups"],
] as const;
