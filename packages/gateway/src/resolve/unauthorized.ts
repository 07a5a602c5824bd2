/** Refusals of who is asking, in AppSync's words. */
import type { GraphQLResolveInfo } from "graphql";
import { GatewayError } from "../gateway-error.ts";

/** A field of the API, by its name and the type that has it. */
export type FieldPlace = Pick<GraphQLResolveInfo, "fieldName" | "parentType">;

export function unauthorized({ fieldName, parentType }: FieldPlace): GatewayError {
  return new GatewayError("Unauthorized", `Not Authorized to access ${fieldName} on type ${parentType.name}`);
}
