/**
 * The provider directives of the first dialect.
 *
 * What a model's rules grant stands on its operations and its type, on what connections lead to it, and on the types it
 * contains. The rules of a field add to all of these, and stand on the field itself.
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
  type SchemaDescription,
} from "@tributary/schema";
import type { DirectivePlaces } from "./placed-directives.ts";
import { outputName, type RootField, type RootOperation } from "./root-operation.ts";
import { createTypeNames } from "./type-names.ts";

const names = createTypeNames("v1");

export function placeFirstDialect(
  schema: SchemaDescription,
  fieldsOf: (model: ModelDescription) => readonly RootField[],
  places: DirectivePlaces,
): void {
  /** What the types inside of models bear already. */
  const inside = new Map<string, Set<string>>();
  for (const model of schema.models) {
    if (model.auth.length > 0) placeModel(model);
    for (const field of model.fields) if (field.auth.length > 0) placeField(model, field);
  }

  function placeModel(model: ModelDescription): void {
    placeInside(model, new Set(model.auth.map(providerOfRule)));
    places.add(model.name, places.directivesFor(model.auth.map(providerOfRule), false));
    for (const { type, name, operation } of fieldsOf(model)) {
      if (operation.kind === "subscribe" && model.operations.subscriptions.level !== "on") continue;
      const directives = places.directivesFor(granting(model.auth, operationOf(operation)).map(providerOfRule), false);
      places.add(`${type}.${name}`, directives);
      if (operation.kind !== "subscribe") places.add(outputName(operation, names), directives);
    }
    const reading = places.directivesFor(granting(model.auth, "read").map(providerOfRule), false);
    for (const owner of schema.models) {
      for (const { name, relation, isList } of owner.fields) {
        if (relation === null || relation.kind === "manyToMany" || relation.model !== model.name) continue;
        places.add(`${owner.name}.${name}`, reading);
        places.add(isList ? names.connection(model, "key") : model.name, reading);
      }
    }
  }

  /** `get` and `list` alone are asked for a field; other reads come with the record. */
  function placeField(model: ModelDescription, field: FieldDescription): void {
    const isDefaultIn = model.auth.length === 0 || places.isDefault(model.auth.map(providerOfRule));
    places.add(model.name, places.directivesFor(field.auth.map(providerOfRule), isDefaultIn));
    for (const { type, name, operation } of fieldsOf(model)) {
      if (operation.kind !== "get" && operation.kind !== "list" && operation.kind !== "write") continue;
      const asked = operationOf(operation);
      const providers = granting(field.auth, asked).map(providerOfRule);
      const own = places.directivesFor(providers, false);
      const isOwn = operation.kind !== "write" || operation.operation === "create";
      if (isOwn) places.add(`${model.name}.${field.name}`, own);
      if (isOwn && own.length === 0) continue;
      const isGranted = isOwn && places.isDefault(granting(model.auth, asked).map(providerOfRule));
      const directives = places.directivesFor(providers, isGranted);
      places.add(`${type}.${name}`, directives);
      places.add(outputName(operation, names), directives);
    }
  }

  function placeInside(owner: FieldOwner, providers: ReadonlySet<AuthProvider>): void {
    for (const { type } of owner.fields) {
      const embedded = type.kind === "embedded" ? embeddedNamed(schema, type.name) : undefined;
      if (embedded === undefined) continue;
      const held = inside.get(type.name) ?? new Set<string>();
      const directives = places.directivesFor(providers, true).filter((directive) => !held.has(directive));
      if (directives.length === 0) continue;
      for (const directive of directives) held.add(directive);
      inside.set(type.name, held);
      places.add(type.name, directives);
      placeInside(embedded, providers);
    }
  }
}

/** Reading is one right here, but that older words tell `get` and `list` apart. */
function operationOf(operation: RootOperation): AuthOperation {
  switch (operation.kind) {
    case "get":
    case "list":
      return operation.kind;
    case "index":
    case "sync":
    case "subscribe":
      return "read";
    case "write":
      return operation.operation;
  }
}

function granting(rules: readonly AuthRule[], operation: AuthOperation): AuthRule[] {
  return rules.filter(({ operations }) => {
    if (operations.includes(operation)) return true;
    return (operation === "get" || operation === "list") && operations.includes("read");
  });
}
