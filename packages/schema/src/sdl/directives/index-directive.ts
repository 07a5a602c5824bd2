/**
 * `@index(name, sortKeyFields, queryField)`: a secondary index whose equality part is the field it stands on.
 *
 * The gateway query over it gets a derived name unless one is given; `queryField: null` makes none.
 */
import { addIndex } from "../add-index.ts";
import { type Directive, defineDirective } from "../directive.ts";
import { indexQueryName } from "../naming.ts";
import { listOf, located, name, nullable, text } from "../value-reader.ts";

export const indexDirective: Directive = defineDirective({
  name: "index",
  dialect: "v2",
  isRepeatable: true,
  arguments: { name: text, sortKeyFields: listOf(located), queryField: nullable(name) },
  phase: "indexes",
  onField({ node, model, field, values }, draft) {
    const fields = [{ name: field.name, at: node }, ...(values.sortKeyFields ?? [])];
    const derived = indexQueryName(
      model.name,
      fields.map((entry) => entry.name),
    );
    const queryField = values.queryField === undefined ? derived : values.queryField;
    addIndex(model, { name: values.name ?? derived, fields, queryField }, node, draft);
  },
});
