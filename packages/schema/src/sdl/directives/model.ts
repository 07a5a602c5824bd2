/**
 * `@model(queries, mutations, subscriptions, timestamps)`: makes a type a model, and names or removes what is generated for it.
 */
import { operationsWith } from "../../model-options.ts";
import type { Directive } from "../directive.ts";
import { defineDirective } from "../directive.ts";
import type { ModelDraft, SchemaDraft } from "../draft.ts";
import { defaultOperations } from "../naming.ts";
import { isFreeFieldName } from "../reserved-names.ts";
import { listOf, located, name, nullable, oneOf, record, type ValuesOf } from "../value-reader.ts";

const names = nullable(listOf(name));

const readers = {
  queries: nullable(record({ get: nullable(name), list: nullable(name) })),
  mutations: nullable(record({ create: nullable(name), update: nullable(name), delete: nullable(name) })),
  subscriptions: nullable(
    record({ onCreate: names, onUpdate: names, onDelete: names, level: nullable(oneOf(["off", "public", "on"])) }),
  ),
  timestamps: nullable(record({ createdAt: nullable(located), updatedAt: nullable(located) })),
};

export const model: Directive = defineDirective({
  name: "model",
  dialect: null,
  arguments: readers,
  phase: "properties",
  onModel({ model, values }, draft) {
    model.operations = operationsWith(values, defaultOperations(model.name, draft.dialect));
    model.timestamps = timestampsOf(values, model, draft);
  },
});

function timestampsOf(
  values: ValuesOf<typeof readers>,
  model: ModelDraft,
  { problems }: SchemaDraft,
): ModelDraft["timestamps"] {
  if (values.timestamps === null) return { createdAt: null, updatedAt: null };
  const checked = (asked: "createdAt" | "updatedAt"): string | null => {
    const given = values.timestamps?.[asked];
    if (given === undefined) return asked;
    if (given === null) return null;
    return isFreeFieldName(given.name, `Timestamp "${given.name}" of ${model.name}`, given.at, problems)
      ? given.name
      : null;
  };
  const timestamps = { createdAt: checked("createdAt"), updatedAt: checked("updatedAt") };
  if (timestamps.createdAt !== null && timestamps.createdAt === timestamps.updatedAt) {
    const message = `Both timestamps of ${model.name} are named "${timestamps.createdAt}".`;
    problems.report(values.timestamps?.updatedAt?.at ?? model.at, message, "Give them different names.");
    return { createdAt: timestamps.createdAt, updatedAt: null };
  }
  return timestamps;
}
