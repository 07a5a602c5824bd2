/**
 * The type of a declared field: its named type resolved, its lists and exclamation marks told apart.
 *
 * Lists of lists are refused; no other part of the engine knows them.
 */
import { type FieldDefinitionNode, Kind, type TypeNode } from "graphql";
import type { FieldType } from "../description.ts";
import { isScalarName, scalarNames } from "../scalar-names.ts";
import { didYouMean } from "../suggestion.ts";
import type { FieldDraft, SchemaDraft } from "./draft.ts";

/** The draft of one declared field; its type is null when it could not be understood. */
export function declaredField(
  node: FieldDefinitionNode,
  ownerName: string,
  draft: Pick<SchemaDraft, "models" | "enums" | "embedded" | "problems">,
  /** Names declared as something that no field can hold, which is reported where they are declared. */
  refusedNames: ReadonlySet<string>,
): FieldDraft {
  const outer = withoutNonNull(node.type);
  const isList = outer.type.kind === Kind.LIST_TYPE;
  const element = outer.type.kind === Kind.LIST_TYPE ? withoutNonNull(outer.type.type) : outer;
  const type = namedType();
  return {
    name: node.name.value,
    at: node,
    type,
    isList,
    isRequired: outer.isNonNull,
    isElementRequired: isList && element.isNonNull,
    isReadOnly: false,
    isImplied: false,
    crdt: isList && (type?.kind === "scalar" || type?.kind === "enum") ? "LIST" : "REGISTER",
    relation: null,
    isMeantAsRelation: false,
    relationDirective: null,
    defaultValue: undefined,
    auth: [],
  };

  function namedType(): FieldType | null {
    const where = `${ownerName}.${node.name.value}`;
    if (element.type.kind !== Kind.NAMED_TYPE) {
      const hint = "Use a list of an embedded type that holds the inner list, or AWSJSON.";
      draft.problems.report(element.type, `${where} is a list of lists, which a field cannot hold.`, hint);
      return null;
    }
    const name = element.type.name.value;
    if (isScalarName(name)) return { kind: "scalar", name };
    if (draft.enums.has(name)) return { kind: "enum", name };
    if (draft.embedded.has(name)) return { kind: "embedded", name };
    if (draft.models.has(name)) return { kind: "model", name };
    if (refusedNames.has(name)) return null;
    const known = [...scalarNames, ...draft.models.keys(), ...draft.enums.keys(), ...draft.embedded.keys()];
    const hint = didYouMean(
      name,
      known,
      `Declare it as a type or an enum, or use a scalar: ${scalarNames.join(", ")}.`,
    );
    draft.problems.report(element.type, `Type "${name}" of ${where} is unknown.`, hint);
    return null;
  }
}

function withoutNonNull(type: TypeNode): {
  readonly type: Exclude<TypeNode, { kind: Kind.NON_NULL_TYPE }>;
  readonly isNonNull: boolean;
} {
  return type.kind === Kind.NON_NULL_TYPE ? { type: type.type, isNonNull: true } : { type, isNonNull: false };
}
