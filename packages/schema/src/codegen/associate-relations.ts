/**
 * `@hasMany`, `@hasOne` and `@belongsTo` as associations of model files, with the foreign keys and indexes they imply there.
 */
import { camelName, relationIndexName } from "../derived-names.ts";
import {
  type AssociationBlueprint,
  addedField,
  addFieldOnce,
  blueprintField,
  directiveOn,
  type FieldBlueprint,
  type ModelBlueprint,
  namesIn,
  noteFieldNames,
  textIn,
} from "./blueprint.ts";

export function associateRelations(models: ReadonlyMap<string, ModelBlueprint>): void {
  for (const model of models.values()) {
    for (const field of [...model.fields]) {
      const related = models.get(field.typeName);
      if (related !== undefined) field.association = associationOf(model, field, related);
    }
  }
}

function associationOf(
  model: ModelBlueprint,
  field: FieldBlueprint,
  related: ModelBlueprint,
): AssociationBlueprint | null {
  if (directiveOn(field, "hasMany") !== undefined) return hasMany(model, field, related);
  if (directiveOn(field, "hasOne") !== undefined) {
    const targetNames = ownKeys(model, field, related, directiveOn(field, "hasOne")?.arguments.fields);
    return { kind: "HAS_ONE", associatedWith: related.key.fields, targetNames };
  }
  return directiveOn(field, "belongsTo") === undefined ? null : belongsTo(model, field, related);
}

function hasMany(model: ModelBlueprint, field: FieldBlueprint, related: ModelBlueprint): AssociationBlueprint {
  const directive = directiveOn(field, "hasMany");
  const indexName = directive === undefined ? undefined : textIn(directive, "indexName");
  const associated =
    directive === undefined || directive.arguments.fields === undefined
      ? impliedKeys(model, field)
      : [fieldFacing(model, related, indexName)];
  for (const key of associated) addFieldOnce(related, key);
  const associatedWith = associated.map(({ name }) => name);
  if (indexName === undefined && !isAnsweredBy(model, related)) {
    const name = relationIndexName(`${model.name}.${field.name}`);
    related.directives.push({ name: "key", arguments: { name, fields: associatedWith } });
  }
  return { kind: "HAS_MANY", associatedWith };
}

function impliedKeys(model: ModelBlueprint, field: FieldBlueprint): readonly FieldBlueprint[] {
  return model.key.fields.map((part) =>
    addedField(camelName(model.name, field.name, part), blueprintField(model, part)?.typeName ?? "ID", {
      isNullable: true,
    }),
  );
}

/** What answers a look-up by an index or the key of `related`: the relation back over its first field, else that field itself. */
function fieldFacing(model: ModelBlueprint, related: ModelBlueprint, indexName: string | undefined): FieldBlueprint {
  noteFieldNames(related);
  const back = related.fields.filter(({ typeName }) => typeName === model.name);
  const first =
    indexName === undefined
      ? related.key.kind === "managed"
        ? (back.find((field) => directiveOn(field, "belongsTo") !== undefined)?.name ?? "id")
        : related.key.fields[0]
      : firstFieldOfIndex(related, indexName);
  const overFirst = back.find((field) => {
    const directive = directiveOn(field, "belongsTo");
    return directive !== undefined && namesIn(directive, "fields")[0] === first;
  });
  const found = overFirst ?? blueprintField(related, first ?? "");
  if (found === undefined) throw new Error(`${related.name} has no field "${first}" although the schema was accepted.`);
  return found;
}

function firstFieldOfIndex(related: ModelBlueprint, indexName: string): string | undefined {
  const key = related.directives.find((directive) => textIn(directive, "name") === indexName);
  return key === undefined ? undefined : namesIn(key, "fields")[0];
}

/** Whether the first field of `related` that holds this model belongs to it. */
function isAnsweredBy(model: ModelBlueprint, related: ModelBlueprint): boolean {
  const back = related.fields.find(({ typeName }) => typeName === model.name);
  return back !== undefined && directiveOn(back, "belongsTo") !== undefined;
}

function belongsTo(model: ModelBlueprint, field: FieldBlueprint, related: ModelBlueprint): AssociationBlueprint {
  noteFieldNames(related);
  const opposite = related.fields.find(
    (candidate) =>
      candidate.typeName === model.name &&
      directiveOn(candidate, candidate.isList ? "hasMany" : "hasOne") !== undefined,
  );
  const given = directiveOn(field, "belongsTo")?.arguments.fields;
  const targetNames =
    opposite?.isList === true && given === undefined
      ? related.key.fields.map((part) => camelName(related.name, opposite.name, part))
      : ownKeys(model, field, related, given);
  layKeys(model, field, related, targetNames);
  return { kind: "BELONGS_TO", targetNames };
}

function ownKeys(
  model: ModelBlueprint,
  field: FieldBlueprint,
  related: ModelBlueprint,
  given: unknown,
): readonly string[] {
  const names = Array.isArray(given)
    ? given.map(String)
    : related.key.fields.map((part) => camelName(model.name, field.name, part));
  layKeys(model, field, related, names);
  return names;
}

function layKeys(
  model: ModelBlueprint,
  field: FieldBlueprint,
  related: ModelBlueprint,
  names: readonly string[],
): void {
  names.forEach((name, i) => {
    const part = blueprintField(related, related.key.fields[i] ?? "");
    addFieldOnce(model, addedField(name, part?.typeName ?? "ID", { isNullable: field.isNullable }));
  });
}
