/** What every door to the gateway is given: who is asking, what may be asked, and how answers look. */
import type { Identity } from "@tributary/model";
import type { Authentication, Logger } from "@tributary/relay";
import type { ErrorFormatter } from "./execute/format-error.ts";
import type { Operations } from "./execute/operations.ts";
import type { GatewayLimits } from "./gateway-limits.ts";
import type { RequestHeaders } from "./request-headers.ts";
import type { RequestContext } from "./resolve/request-context.ts";
import type { ExecuteOperation } from "./written/execute-operation.ts";

export interface DoorOptions {
  readonly operations: Operations;
  readonly executeOperation: ExecuteOperation;
  readonly formatter: ErrorFormatter;
  readonly limits: GatewayLimits;
  readonly authenticate: (headers: RequestHeaders) => Promise<Authentication>;
  readonly contextFor: (identity: Identity) => RequestContext;
  readonly log: Logger;
}
