/**
 * `@versioned(versionField, versionInput)` of the first dialect, as data: the gateway shows the record's version under
 * `versionField` and takes the expected one as `versionInput`. It adds no stored field.
 */
import { type Directive, defineDirective } from "../directive.ts";
import { draftField } from "../draft.ts";
import { name } from "../value-reader.ts";

export const versioned: Directive = defineDirective({
  name: "versioned",
  dialect: "v1",
  arguments: { versionField: name, versionInput: name },
  phase: "properties",
  onModel({ model, values }, { problems }) {
    const field = values.versionField ?? "version";
    model.versioned = { field, input: values.versionInput ?? "expectedVersion" };
    const declared = draftField(model, field);
    if (declared !== undefined && declared.type !== null) {
      const message = `Field ${model.name}.${field} is declared, but @versioned adds it.`;
      problems.report(declared.at, message, "Remove the field, or give @versioned another versionField.");
    }
  },
});
