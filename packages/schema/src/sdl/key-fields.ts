/**
 * The fields that a primary key or an index is made of: single scalars or enums of the same model, each once, and in a
 * primary key never null and never merged.
 */

import { didYouMean } from "../suggestion.ts";
import type { FieldDraft, ModelDraft, SchemaDraft } from "./draft.ts";
import { draftField } from "./draft.ts";
import type { LocatedName } from "./value-reader.ts";

/** The names when all of them can be key fields; null after reporting those that cannot. */
export function checkedKeyFields(
  model: ModelDraft,
  names: readonly LocatedName[],
  purpose: "primary key" | "index",
  { problems }: Pick<SchemaDraft, "problems">,
): readonly string[] | null {
  let isSound = true;
  const report = (entry: LocatedName, message: string, hint: string): void => {
    isSound = false;
    problems.report(entry.at, message, hint);
  };
  names.forEach((entry, i) => {
    const field = draftField(model, entry.name);
    const label = `${model.name}.${entry.name}`;
    if (names.findIndex((other) => other.name === entry.name) !== i)
      report(entry, `Field ${label} stands twice in the same ${purpose}.`, "Name each field once.");
    else if (field === undefined)
      report(
        entry,
        `There is no field "${entry.name}" in ${model.name} for the ${purpose}.`,
        missingHint(model, entry.name),
      );
    else if (field.type === null) isSound = false;
    else {
      const fault = faultOf(field, purpose);
      if (fault !== null)
        report(entry, `Field ${label} ${fault.what}, so it cannot be part of the ${purpose}.`, fault.hint);
    }
  });
  return isSound ? names.map((entry) => entry.name) : null;
}

function faultOf(field: FieldDraft, purpose: "primary key" | "index"): { what: string; hint: string } | null {
  const pickAnother = "Use a field that holds one scalar or enum value.";
  if (field.isList) return { what: "is a list", hint: pickAnother };
  if (field.type?.kind === "model")
    return { what: "is a relation", hint: "Name the field that holds the foreign key." };
  if (field.type?.kind === "embedded") return { what: "holds an embedded type", hint: pickAnother };
  if (field.type?.name === "AWSJSON") return { what: "holds JSON", hint: pickAnother };
  if (purpose === "index") return null;
  if (!field.isRequired) return { what: "may be null", hint: `Declare it as ${field.name}: ${field.type?.name}!.` };
  if (field.crdt !== "REGISTER") return { what: `is of kind ${field.crdt}`, hint: "Remove its @crdt." };
  return null;
}

function missingHint(model: ModelDraft, name: string): string {
  const stamps: readonly (string | null)[] = [model.timestamps.createdAt, model.timestamps.updatedAt];
  if (stamps.includes(name)) return `Declare it: ${name}: AWSDateTime!.`;
  const known = model.fields.filter((field) => field.type?.kind !== "model").map((field) => field.name);
  return didYouMean(name, known, `${model.name} has ${known.join(", ")}.`);
}
