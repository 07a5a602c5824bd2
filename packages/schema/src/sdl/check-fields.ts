/**
 * Checks over whole types, once every directive has run: relations are declared as such, embedded types end somewhere, protected
 * fields can be left out.
 */
import type { ASTNode } from "graphql";
import { readingPart } from "../read-rules.ts";
import { draftField, type EmbeddedDraft, type SchemaDraft } from "./draft.ts";

/** Reports fields that hold a model without saying how. */
export function checkRelationFields({ dialect, models, embedded, problems }: SchemaDraft): void {
  for (const model of models.values()) {
    for (const field of model.fields) {
      if (field.type?.kind !== "model" || field.isMeantAsRelation) continue;
      const directives =
        dialect === "v1" ? "@connection" : field.isList ? "@hasMany or @manyToMany" : "@belongsTo or @hasOne";
      const message = `Field ${model.name}.${field.name} holds model ${field.type.name} without a relation directive.`;
      problems.report(field.at, message, `Add ${directives}.`);
    }
  }
  for (const type of embedded.values()) {
    for (const field of type.fields) {
      if (field.type?.kind !== "model") continue;
      const message = `Field ${type.name}.${field.name} holds model ${field.type.name}, but ${type.name} is no model itself.`;
      problems.report(field.at, message, `Add @model to ${type.name}, or hold the key of ${field.type.name} instead.`);
    }
  }
}

/** Reports embedded types that contain themselves, each circle once. */
export function checkEmbeddedTypes({ embedded, problems }: SchemaDraft): void {
  const finished = new Set<EmbeddedDraft>();
  const visit = (type: EmbeddedDraft, path: readonly EmbeddedDraft[]): void => {
    if (finished.has(type)) return;
    for (const field of type.fields) {
      const inner = field.type?.kind === "embedded" ? embedded.get(field.type.name) : undefined;
      if (inner === undefined) continue;
      const circle = [...path, type];
      const start = circle.indexOf(inner);
      if (start < 0) visit(inner, circle);
      else {
        const names = [...circle.slice(start), inner].map(({ name }) => name).join(" -> ");
        const hint = "Make one of them a model, or hold the inner value as AWSJSON.";
        problems.report(
          field.at,
          `Field ${type.name}.${field.name} makes an embedded type contain itself: ${names}.`,
          hint,
        );
      }
    }
    finished.add(type);
  };
  for (const type of embedded.values()) visit(type, []);
}

/**
 * Reports fields with readers of their own that cannot have them: key fields, as they name the record, and required fields of a
 * model with subscriptions, as events would lack them.
 */
export function checkProtectedFields({ models, problems }: SchemaDraft): void {
  for (const model of models.values()) {
    for (const field of model.fields) {
      if (field.auth.length === 0 || readingPart(field.auth) === readingPart(model.auth)) continue;
      const label = `Field ${model.name}.${field.name}`;
      if (model.primaryKey?.fields.includes(field.name))
        problems.report(
          field.at,
          `${label} is part of the key, but its @auth gives it other readers.`,
          "Remove its @auth.",
        );
      else if (field.isRequired && field.type?.kind !== "model" && model.operations.subscriptions.level === "on") {
        const hint =
          "Make it optional, give it the readers of the model, or set @model(subscriptions: { level: off }).";
        problems.report(field.at, `${label} is required, but its @auth hides it from readers of ${model.name}.`, hint);
      }
    }
  }
}

/** Where to point for a field of a described model. */
export function placeOfField({ models }: SchemaDraft, model: string, field: string): ASTNode | undefined {
  const owner = models.get(model);
  return (owner === undefined ? undefined : draftField(owner, field)?.at) ?? owner?.at;
}
