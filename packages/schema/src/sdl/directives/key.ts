/**
 * `@key(name, fields, queryField)` of the first dialect: without a name the primary key, with one a secondary index.
 *
 * An index has a gateway query only if `queryField` names it.
 */
import { addIndex } from "../add-index.ts";
import { type Directive, defineDirective } from "../directive.ts";
import { checkedKeyFields } from "../key-fields.ts";
import { placeOf } from "../problems.ts";
import { listOf, located, name, nullable, required, text } from "../value-reader.ts";

export const key: Directive = defineDirective({
  name: "key",
  dialect: "v1",
  isRepeatable: true,
  arguments: { name: nullable(text), fields: required(listOf(located)), queryField: nullable(name) },
  phase: (values) => (values.name == null ? "keys" : "indexes"),
  onModel({ node, model, values }, draft) {
    if (values.fields.length === 0) {
      draft.problems.report(
        node,
        `@key on ${model.name} has no usable fields.`,
        "Name at least one field of the model.",
      );
      if (values.name == null) model.primaryKey = null;
    } else if (values.name != null) {
      addIndex(model, { name: values.name, fields: values.fields, queryField: values.queryField ?? null }, node, draft);
    } else if (model.primaryKey != null) {
      const message = `${model.name} has two primary keys, the first at ${placeOf(model.primaryKey.at)}.`;
      draft.problems.report(node, message, "Keep one @key without a name; give the other a name to make it an index.");
    } else {
      const fields = checkedKeyFields(model, values.fields, "primary key", draft);
      model.primaryKey = fields === null ? null : { fields, at: node };
      model.hasCustomKey = true;
    }
  },
});
