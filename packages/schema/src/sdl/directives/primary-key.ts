/**
 * `@primaryKey(sortKeyFields)`: the field it stands on is the partition part of the model's key, the others sort within it.
 */
import { type Directive, defineDirective } from "../directive.ts";
import { checkedKeyFields } from "../key-fields.ts";
import { placeOf } from "../problems.ts";
import { listOf, located } from "../value-reader.ts";

export const primaryKey: Directive = defineDirective({
  name: "primaryKey",
  dialect: "v2",
  arguments: { sortKeyFields: listOf(located) },
  phase: "keys",
  onField({ node, model, field, values }, draft) {
    if (model.primaryKey != null) {
      const message = `${model.name} has two primary keys, the first at ${placeOf(model.primaryKey.at)}.`;
      draft.problems.report(node, message, "Keep one @primaryKey, and name further fields in its sortKeyFields.");
      return;
    }
    const names = [{ name: field.name, at: node }, ...(values.sortKeyFields ?? [])];
    const fields = checkedKeyFields(model, names, "primary key", draft);
    model.primaryKey = fields === null ? null : { fields, at: node };
    model.hasCustomKey = true;
  },
});
