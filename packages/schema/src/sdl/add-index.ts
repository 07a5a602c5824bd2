/**
 * Adding an index to a model, declared or implied: its name is free, its fields can be key fields.
 */
import type { ASTNode } from "graphql";
import type { ModelDraft, SchemaDraft } from "./draft.ts";
import { checkedKeyFields } from "./key-fields.ts";
import { placeOf } from "./problems.ts";
import type { LocatedName } from "./value-reader.ts";

/** Adds the index, or reports why it cannot be. */
export function addIndex(
  model: ModelDraft,
  index: { readonly name: string; readonly fields: readonly LocatedName[]; readonly queryField: string | null },
  at: ASTNode,
  draft: SchemaDraft,
): void {
  if (!/^[A-Za-z0-9_.-]{1,255}$/.test(index.name)) {
    const hint = 'Use 1 to 255 letters, digits, "_", "-" and ".".';
    draft.problems.report(at, `"${index.name}" is no name for an index of ${model.name}.`, hint);
    return;
  }
  const first = model.indexes.find((other) => other.name.toLowerCase() === index.name.toLowerCase());
  if (first !== undefined) {
    const message = `${model.name} has two indexes named "${index.name}", the first at ${placeOf(first.at)}.`;
    draft.problems.report(at, message, "Give each index a name of its own; letter case does not tell them apart.");
    return;
  }
  const fields = checkedKeyFields(model, index.fields, "index", draft);
  if (fields !== null) model.indexes.push({ name: index.name, fields, queryField: index.queryField, at });
}
