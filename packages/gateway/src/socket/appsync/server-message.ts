/** The messages of the server in AppSync's realtime protocol, as the text that is sent. */
import type { ErrorType } from "../../gateway-error.ts";

export interface RealtimeError {
  readonly errorType: ErrorType | null;
  readonly message: string;
}

/** How long a client may hear nothing before it gives the connection up. AppSync's number. */
const CONNECTION_TIMEOUT_MS = 300_000;

export function connectionAckMessage(): string {
  return JSON.stringify({ type: "connection_ack", payload: { connectionTimeoutMs: CONNECTION_TIMEOUT_MS } });
}

/** The client may not connect. */
export function connectionErrorMessage(error: RealtimeError): string {
  return JSON.stringify({ type: "connection_error", payload: { errors: [wireError(error)] } });
}

export function keepAliveMessage(): string {
  return '{"type":"ka"}';
}

export function startAckMessage(id: string): string {
  return JSON.stringify({ id, type: "start_ack", payload: {} });
}

/** `answer` is JSON, made once for all that it is sent to. */
export function dataMessage(id: string, answer: string): string {
  return `{"id":${JSON.stringify(id)},"type":"data","payload":${answer}}`;
}

/** Ends the subscription `id`; without one it is about the connection. */
export function errorMessage(id: string | null, errors: readonly RealtimeError[]): string {
  return JSON.stringify({ ...(id === null ? {} : { id }), type: "error", payload: { errors: errors.map(wireError) } });
}

export function completeMessage(id: string): string {
  return JSON.stringify({ id, type: "complete" });
}

/** Clients look for `"errorType":"Unauthorized"` in the text. */
function wireError({ errorType, message }: RealtimeError): object {
  return { errorType, errorCode: errorCode(errorType), message };
}

/** 400, 401 and 403 tell a client not to connect again. */
function errorCode(errorType: ErrorType | null): number {
  switch (errorType) {
    case "Unauthorized":
    case "UnauthorizedException":
      return 401;
    case "InternalFailure":
      return 500;
    default:
      return 400;
  }
}
