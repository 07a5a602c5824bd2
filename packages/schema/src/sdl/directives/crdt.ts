/**
 * `@crdt(type:)`: how concurrent writes to a field merge. Without it, lists of scalars and enums are LIST, all else REGISTER.
 */
import type { CrdtKind } from "../../description.ts";
import { type Directive, defineDirective } from "../directive.ts";
import type { FieldDraft } from "../draft.ts";
import { oneOf, required } from "../value-reader.ts";

export const crdt: Directive = defineDirective({
  name: "crdt",
  dialect: null,
  arguments: { type: required(oneOf(["REGISTER", "TEXT", "RICH_TEXT", "COUNTER", "LIST", "SET"])) },
  phase: "properties",
  onField({ node, model, field, values }, { problems }) {
    const type = field.type;
    if (type === null) return;
    const label = `${model.name}.${field.name}`;
    if (type.kind === "model") {
      const hint = "Remove it: the foreign key is merged, and always as a register.";
      problems.report(node, `@crdt stands on ${label}, which is a relation.`, hint);
      return;
    }
    const misfit = misfits[values.type]({ ...field, type });
    if (misfit === null) field.crdt = values.type;
    else {
      const spelled = field.isList ? `[${type.name}]` : type.name;
      const message = `${label} is of type ${spelled}, which cannot be of kind ${values.type}.`;
      problems.report(node, message, misfit);
    }
  },
});

type TypedField = FieldDraft & { readonly type: NonNullable<FieldDraft["type"]> };

/** For each kind: null when a field can be of it, else what to do. */
const misfits: Readonly<Record<CrdtKind, (field: TypedField) => string | null>> = {
  REGISTER: () => null,
  TEXT: (field) => (isSingle(field, ["String"]) ? null : "TEXT is for a single String; use REGISTER."),
  RICH_TEXT: (field) =>
    isSingle(field, ["String", "AWSJSON"]) ? null : "RICH_TEXT is for a single String or AWSJSON; use REGISTER.",
  COUNTER: (field) =>
    isSingle(field, ["Int", "Float"]) ? null : "COUNTER is for a single Int or Float; use REGISTER.",
  LIST: (field) =>
    isListOfValues(field)
      ? null
      : "LIST is for lists of scalars or enums; use REGISTER, or make the field such a list.",
  SET: (field) =>
    isListOfValues(field) && field.type.name !== "AWSJSON"
      ? null
      : "SET is for lists of scalars or enums other than AWSJSON; use REGISTER, or make the field such a list.",
};

function isSingle(field: TypedField, scalars: readonly string[]): boolean {
  return !field.isList && field.type.kind === "scalar" && scalars.includes(field.type.name);
}

function isListOfValues(field: TypedField): boolean {
  return field.isList && (field.type.kind === "scalar" || field.type.kind === "enum");
}
