/**
 * The fields every model gets unless it declares them: its id, its timestamps, and the owners its rules speak of.
 */

import { holdsTime } from "../timestamp-field.ts";
import type { ModelDraft, SchemaDraft } from "./draft.ts";
import { draftField, impliedField } from "./draft.ts";
import { checkedKeyFields } from "./key-fields.ts";

/** Gives each model without a key of its own the key `id`, and the field too if it is not declared. */
export function addImpliedIds(draft: SchemaDraft): void {
  for (const model of draft.models.values()) {
    if (model.primaryKey !== undefined) continue;
    const declared = draftField(model, "id");
    if (declared === undefined)
      model.fields.push(impliedField(model.at, { name: "id", type: { kind: "scalar", name: "ID" }, isRequired: true }));
    const at = declared?.at ?? model.at;
    const fields = checkedKeyFields(model, [{ name: "id", at }], "primary key", draft);
    model.primaryKey = fields === null ? null : { fields, at };
  }
}

/**
 * Adds the timestamps of a model that does not declare them. A declared one keeps its type; if that cannot hold a time, the
 * relay leaves the field to the app.
 */
export function addTimestamps(model: ModelDraft): void {
  const kept = (name: string | null): string | null => {
    if (name === null) return null;
    const declared = draftField(model, name);
    if (declared !== undefined) return holdsTime(declared) ? name : null;
    const type = { kind: "scalar", name: "AWSDateTime" } as const;
    model.fields.push(impliedField(model.at, { name, type, isRequired: true, isReadOnly: true }));
    return name;
  };
  model.timestamps = { createdAt: kept(model.timestamps.createdAt), updatedAt: kept(model.timestamps.updatedAt) };
}

/** Adds the owner fields that rules name and nobody declares, and checks those that are declared, group fields included. */
export function addOwnerFields(model: ModelDraft, { problems }: SchemaDraft): void {
  const declarations = [
    { at: model.at, rules: model.auth },
    ...model.fields.map(({ at, auth }) => ({ at, rules: auth })),
  ];
  for (const { at, rules } of declarations) {
    for (const rule of rules) {
      if (rule.ownerField !== undefined && draftField(model, rule.ownerField) === undefined)
        model.fields.push(impliedField(model.at, { name: rule.ownerField, type: { kind: "scalar", name: "String" } }));
      for (const [argument, name] of [
        ["ownerField", rule.ownerField],
        ["groupsField", rule.groupsField],
      ] as const) {
        if (name === undefined) continue;
        const field = draftField(model, name);
        const label = `${argument} of an @auth rule`;
        if (field === undefined) {
          const message = `There is no field "${name}" in ${model.name} for ${label}.`;
          problems.report(at, message, `Declare it: ${name}: [String].`);
        } else if (field.type !== null && !holdsNames(field.type.name)) {
          const message = `Field ${model.name}.${name} is of type ${field.type.name}, but ${label} needs names.`;
          problems.report(field.at, message, "Declare it as String or [String].");
        }
      }
    }
  }
}

function holdsNames(typeName: string): boolean {
  return typeName === "String" || typeName === "ID";
}
