/**
 * A validation rule: no document may ask for the schema. `__typename` is no part of that. GraphQL's own rule tells of every field
 * below `__schema` as well, which for the usual introspection query are dozens of errors.
 */
import { GraphQLError, type ValidationRule } from "graphql";

/** Whether clients may ask for the schema. */
export type Introspection = "on" | "off";

export const noIntrospection: ValidationRule = (context) => ({
  Field(node) {
    const { value } = node.name;
    if (value !== "__schema" && value !== "__type") return;
    context.reportError(new GraphQLError(`Introspection is switched off: ${value} is not served`, { nodes: node }));
  },
});
