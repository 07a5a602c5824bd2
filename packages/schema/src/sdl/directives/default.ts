/**
 * `@default(value:)`: what a new record holds in a field that its creator leaves out.
 *
 * Amplify writes the value as a String whatever the type (`"5"` for an Int); a literal of the field's own type does as well.
 */
import { Kind, type ValueNode } from "graphql";
import { didYouMean } from "../../suggestion.ts";
import { type Directive, defineDirective } from "../directive.ts";
import { expectedLiteral, valueOfLiteral } from "../scalar.ts";
import { anyValue, required, shortText } from "../value-reader.ts";

export const defaultDirective: Directive = defineDirective({
  name: "default",
  dialect: null,
  arguments: { value: required(anyValue) },
  phase: "properties",
  onField({ node, model, field, values }, { enums, problems }) {
    const label = `${model.name}.${field.name}`;
    if (field.type === null) return;
    if (field.isList || field.type.kind === "embedded" || field.type.kind === "model") {
      const what = field.isList ? "a list" : field.type.kind === "model" ? "a relation" : "an embedded type";
      problems.report(node, `@default stands on ${label}, which is ${what}.`, "Use it on a single scalar or enum.");
      return;
    }
    if (field.type.kind === "enum") {
      const known = enums.get(field.type.name)?.values ?? [];
      const given = literalText(values.value, [Kind.ENUM]);
      if (given !== undefined && known.includes(given)) field.defaultValue = given;
      else {
        const hint = didYouMean(given ?? "", known, `Use one of ${known.join(", ")}.`);
        const message = `Default ${shortText(values.value)} of ${label} is no value of enum ${field.type.name}.`;
        problems.report(values.value, message, hint);
      }
      return;
    }
    const scalar = field.type.name;
    const given = literalText(values.value, literalKinds[scalar] ?? []);
    field.defaultValue = given === undefined ? undefined : valueOfLiteral(scalar, given);
    if (field.defaultValue === undefined) {
      const message = `Default ${shortText(values.value)} of ${label} does not fit its type ${scalar}.`;
      problems.report(values.value, message, `Give ${expectedLiteral(scalar)}.`);
    }
  },
});

/** The literals beside strings that a scalar accepts; none where not listed. */
const literalKinds: Readonly<Partial<Record<string, readonly Kind[]>>> = {
  Int: [Kind.INT],
  Float: [Kind.INT, Kind.FLOAT],
  Boolean: [Kind.BOOLEAN],
  AWSTimestamp: [Kind.INT],
  ID: [Kind.INT],
};

function literalText(value: ValueNode, kinds: readonly Kind[]): string | undefined {
  if (value.kind === Kind.STRING) return value.value;
  if (!kinds.includes(value.kind)) return undefined;
  return "value" in value ? String(value.value) : undefined;
}
