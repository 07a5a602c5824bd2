/** Why the relay refused a write, in AppSync's words. */
import type { WriteOutcome } from "@tributary/relay";
import type { GraphQLResolveInfo } from "graphql";
import { GatewayError } from "../gateway-error.ts";
import { projectSelection } from "./project-selection.ts";
import { recordSource } from "./record-source.ts";
import type { RequestContext } from "./request-context.ts";
import { unauthorized } from "./unauthorized.ts";

export type Refusal = Extract<WriteOutcome, { readonly outcome: "refused" }>;

/** The stored record goes with the error, as far as it was selected: clients repair their copy from it. */
export async function writeRefused(
  refusal: Refusal,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<GatewayError> {
  const data = await refusedData(refusal, context, info);
  switch (refusal.code) {
    case "unauthorized":
      return refusal.fields.length === 0
        ? unauthorized(info)
        : new GatewayError("Unauthorized", `Unauthorized on [${refusal.fields.join(", ")}]`);
    case "invalid":
      return new GatewayError("ValidationError", refusal.message, { data });
    case "condition":
    case "exists":
    case "missing":
      return conditionFailed(refusal.message, data);
    case "conflict":
      return new GatewayError("ConflictUnhandled", "Conflict resolver rejects mutation.", { data });
    case "busy":
      return new GatewayError("InternalFailure", "the relay is busy; send the mutation again", { status: 503 });
  }
}

/** The stored record as far as it was selected; null when there is none to show. */
export async function refusedData(
  { stored }: Pick<Refusal, "stored">,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  return stored === null ? null : projectSelection(info, recordSource(stored), context);
}

export function conditionFailed(reason: string, data: unknown): GatewayError {
  return new GatewayError("ConditionalCheckFailedException", `The conditional request failed: ${reason}`, { data });
}
