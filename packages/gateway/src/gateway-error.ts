/** What a caller did wrong or was refused, in AppSync's words. Any other error that reaches a caller is masked. */

/** AppSync's names, and in capitals those of Apollo's persisted queries; clients branch on them. */
export type ErrorType =
  | "BadRequest"
  | "BadRequestException"
  | "ConditionalCheckFailedException"
  | "ConflictError"
  | "ConflictUnhandled"
  | "DuplicatedOperationError"
  | "InternalFailure"
  | "InvalidArgumentsError"
  | "LimitExceededError"
  | "MalformedHttpRequestException"
  | "MaxConflicts"
  | "MaxSubscriptionsReachedError"
  | "PERSISTED_QUERY_NOT_FOUND"
  | "PERSISTED_QUERY_NOT_SUPPORTED"
  | "Unauthorized"
  | "UnauthorizedException"
  | "UnsupportedOperation"
  | "ValidationError";

export interface GatewayErrorOptions {
  /** What the caller is shown beside the message: the stored record, restricted to what was selected. */
  readonly data?: unknown;
  /** The HTTP status of the answer when nothing else came of the request. Default 200. */
  readonly status?: number;
}

export class GatewayError extends Error {
  override readonly name: string = "GatewayError";
  readonly errorType: ErrorType;
  readonly data: unknown;
  readonly status: number;

  constructor(errorType: ErrorType, message: string, options: GatewayErrorOptions = {}) {
    super(message);
    this.errorType = errorType;
    this.data = options.data ?? null;
    this.status = options.status ?? 200;
  }
}
