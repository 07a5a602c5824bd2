/**
 * The provider directives of the second dialect.
 *
 * Rules of a field take the place of the model's for that field. Whoever may do something with some field may ask the
 * operation, but deletes only with a right to every field. Embedded types and the pages of relations bear what leads to them,
 * and the default provider as soon as a second model of other providers does: that depends on the order of the models.
 */
import {
  type AuthOperation,
  type AuthProvider,
  type AuthRule,
  embeddedNamed,
  type FieldDescription,
  type FieldOwner,
  type ModelDescription,
  providerOfRule,
  readingOperations,
  roleText,
  rulesOfField,
  type SchemaDescription,
} from "@tributary/schema";
import type { DirectivePlaces } from "./placed-directives.ts";
import { relationOperation } from "./relation-operation.ts";
import { outputName, type RootField, type RootOperation } from "./root-operation.ts";
import { createTypeNames } from "./type-names.ts";

const names = createTypeNames("v2");

export function placeSecondDialect(
  schema: SchemaDescription,
  fieldsOf: (model: ModelDescription) => readonly RootField[],
  places: DirectivePlaces,
): void {
  /** What the types inside of models bear already. */
  const inside = new Map<string, Set<string>>();
  for (const model of schema.models) {
    const rules = [model, ...model.fields].flatMap(({ auth }) => auth);
    if (rules.length === 0) continue;
    const providers = new Set(rules.map(providerOfRule));
    places.add(model.name, places.directivesFor(providers, false));
    for (const field of fieldsOf(model)) placeOperation(model, field);
    placeInside(model, model, providers);
  }

  function placeOperation(model: ModelDescription, { type, name, operation }: RootField): void {
    if (operation.kind === "subscribe" && model.operations.subscriptions.level !== "on") return;
    for (const granted of operationsOf(operation)) {
      const directives = places.directivesFor(providersFor(model, granted), false);
      places.add(`${type}.${name}`, directives);
      places.add(outputName(operation, names), directives);
    }
  }

  function placeInside(model: ModelDescription, owner: FieldOwner, providers: ReadonlySet<AuthProvider>): void {
    for (const field of owner.fields) {
      const name = innerType(model, field);
      if (name === null) continue;
      const held = inside.get(name);
      const directives = places.directivesFor(providers, held !== undefined).filter((one) => held?.has(one) !== true);
      if (directives.length === 0 && held !== undefined) continue;
      inside.set(name, new Set([...(held ?? []), ...directives]));
      places.add(name, directives);
      const embedded = field.type.kind === "embedded" ? embeddedNamed(schema, name) : undefined;
      if (embedded !== undefined) placeInside(model, embedded, providers);
    }
  }

  /** The name of the type that a field leads to and that is no model's; null for a scalar, an enum or a single record. */
  function innerType(model: ModelDescription, field: FieldDescription): string | null {
    if (field.type.kind === "embedded") return field.type.name;
    const relation = relationOperation(schema, model, field);
    return relation?.kind === "connection" ? names.connection(relation.model, "key") : null;
  }
}

/** An index is asked like a list, or like a single record. */
function operationsOf(operation: RootOperation): AuthOperation[] {
  switch (operation.kind) {
    case "get":
    case "list":
    case "sync":
      return [operation.kind];
    case "index":
      return ["list", "get"];
    case "write":
      return [operation.operation];
    case "subscribe":
      return ["listen"];
  }
}

/** Who may do it with one of the declared fields; for a deletion, with all of them. */
function providersFor(model: ModelDescription, operation: AuthOperation): AuthProvider[] {
  const declared = model.fields.filter((field) => !field.isImplied);
  const resources = declared.length === 0 ? model.fields : declared;
  const rules = [model, ...model.fields].flatMap(({ auth }) => auth);
  const grants = (role: string, field: FieldDescription): boolean =>
    rulesOfField(model, field).some((rule) => rolesOf(rule).includes(role) && isGranted(rule, operation));
  const isGrantedTo = (role: string): boolean =>
    operation === "delete"
      ? resources.every((field) => grants(role, field))
      : resources.some((field) => grants(role, field));
  return rules.filter((rule) => rolesOf(rule).some(isGrantedTo)).map(providerOfRule);
}

function isGranted({ operations }: AuthRule, operation: AuthOperation): boolean {
  if (operations.includes(operation)) return true;
  return operations.includes("read") && readingOperations.includes(operation);
}

/** Whom a rule speaks of; each group is somebody else. */
function rolesOf(rule: AuthRule): string[] {
  const { groups } = rule;
  return groups === undefined ? [roleText(rule)] : groups.map((group) => roleText({ ...rule, groups: [group] }));
}
