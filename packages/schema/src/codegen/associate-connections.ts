/**
 * `@connection` of the first dialect as associations of model files.
 *
 * A foreign key that a relation stands for is no field of its own there: it is taken out where the relation belongs to the other
 * model. The kind of a relation follows from lists and exclamation marks at both ends.
 */
import { camelName } from "../derived-names.ts";
import {
  type AssociationBlueprint,
  addedField,
  addFieldOnce,
  type BlueprintUse,
  blueprintField,
  directiveOn,
  type FieldBlueprint,
  type ModelBlueprint,
  namesIn,
  textIn,
} from "./blueprint.ts";

export function associateConnections(models: ReadonlyMap<string, ModelBlueprint>, use: BlueprintUse): void {
  for (const model of models.values()) {
    for (const field of [...model.fields]) {
      const related = models.get(field.typeName);
      if (related === undefined || directiveOn(field, "connection") === undefined) continue;
      const opposite = oppositeOf(model, field, related);
      const association = associationOf(model, field, related, opposite);
      field.association = association;
      if (association.kind !== "BELONGS_TO") addFieldOnce(related, opposite);
      else if (use === "models" || association.targetNames[0] !== model.key.fields[0])
        model.fields = model.fields.filter(({ name }) => name !== association.targetNames[0]);
    }
  }
}

/** What the connection meets in the other model: the field it is paired with, a field of the key it goes by, or a foreign key. */
function oppositeOf(model: ModelBlueprint, field: FieldBlueprint, related: ModelBlueprint): FieldBlueprint {
  const directive = directiveOn(field, "connection");
  if (directive === undefined) throw new Error(`Field "${field.name}" has no @connection.`);
  if (directive.arguments.fields !== undefined) {
    const keyName = textIn(directive, "keyName");
    const key = related.directives.find(
      (candidate) => candidate.name === "key" && textIn(candidate, "name") === keyName,
    );
    const first = key === undefined ? "id" : namesIn(key, "fields")[0];
    const overFirst = related.fields.find((candidate) => {
      const other = directiveOn(candidate, "connection");
      return other !== undefined && namesIn(other, "fields")[0] === first;
    });
    return overFirst ?? blueprintField(related, first ?? "") ?? addedField(first ?? "id", "ID", { isNullable: false });
  }
  const pair = textIn(directive, "name");
  const paired =
    pair === undefined
      ? undefined
      : related.fields.find((candidate) => {
          const other = directiveOn(candidate, "connection");
          return candidate !== field && other !== undefined && textIn(other, "name") === pair;
        });
  if (paired !== undefined) return paired;
  const name = impliedKey(model, field);
  return blueprintField(related, name) ?? addedField(name, "ID", { isNullable: true });
}

function associationOf(
  model: ModelBlueprint,
  field: FieldBlueprint,
  related: ModelBlueprint,
  opposite: FieldBlueprint,
): AssociationBlueprint {
  if (field.isList) return { kind: "HAS_MANY", associatedWith: [opposite.name] };
  const directive = directiveOn(field, "connection");
  const given = directive === undefined ? [] : namesIn(directive, "fields");
  const targetNames = [given[0] ?? impliedKey(model, field)];
  const isMet = related.fields.includes(opposite) && !opposite.isList;
  if (isMet && field.isNullable && !opposite.isNullable)
    return { kind: "HAS_ONE", associatedWith: [opposite.name], targetNames };
  return { kind: "BELONGS_TO", targetNames };
}

function impliedKey(model: ModelBlueprint, field: FieldBlueprint): string {
  return camelName(model.name, field.name, "id");
}
