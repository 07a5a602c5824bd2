/** Refusals of who is asking, in AppSync's words. */
import type { GraphQLResolveInfo } from "graphql";
import { GatewayError } from "../gateway-error.ts";

export function unauthorized(info: Pick<GraphQLResolveInfo, "fieldName" | "parentType">): GatewayError {
  return new GatewayError("Unauthorized", `Not Authorized to access ${info.fieldName} on type ${info.parentType.name}`);
}
