/**
 * The subscriptions of one connection of AppSync's realtime protocol, by the ids that the client gave them.
 *
 * Each is asked for under a credential of its own, else under that of the connection, and ends with an error when that expires:
 * the client then connects anew. So it does when its socket is cut off because it takes events too slowly; it has to sync
 * anyway to know what it missed.
 */
import type { Identity } from "@tributary/model";
import type { Authentication } from "@tributary/relay";
import { type GraphQLError, OperationTypeNode } from "graphql";
import type { OpenedSubscription } from "../../execute/open-subscription.ts";
import { GatewayError } from "../../gateway-error.ts";
import { isJsonObject, readJson } from "../../json.ts";
import type { RequestHeaders } from "../../request-headers.ts";
import { callAt } from "../call-at.ts";
import type { OpenSocket } from "../open-socket.ts";
import type { SocketDoorOptions } from "../socket-door.ts";
import type { ClientMessage } from "./client-message.ts";
import { completeMessage, dataMessage, errorMessage, type RealtimeError, startAckMessage } from "./server-message.ts";

export interface AppsyncSubscriptions {
  /** Answers with `start_ack`, then `data`; or with `error`. */
  start(message: Start, connected: Identity): Promise<void>;
  /** Answers with `complete`, whether it is under way or not. */
  stop(id: string): void;
  /** Ends all without a word. */
  close(): void;
}

interface Subscription {
  /** Gives up its events, once it has any, and its timer. */
  release(): void;
}

type Start = Extract<ClientMessage, { type: "start" }>;
type Open = Extract<OpenedSubscription, { outcome: "open" }>;
type Refused = { readonly outcome: "refused"; readonly errors: readonly RealtimeError[] };

export function createAppsyncSubscriptions(socket: OpenSocket, options: SocketDoorOptions): AppsyncSubscriptions {
  const { operations, openSubscription, formatter, limits, authenticate, contextFor, log, now } = options;
  const underWay = new Map<string, Subscription>();

  return {
    async start(message, connected) {
      const { id } = message;
      const refusal = refuseId(id);
      if (refusal !== null) return say(errorMessage(id, [refusal]));
      const own: Subscription = { release() {} };
      underWay.set(id, own);
      const authentication = await authenticateStart(message.authorization, connected);
      if (authentication.outcome === "refused") {
        return fail(id, own, [{ errorType: "UnauthorizedException", message: authentication.reason }]);
      }
      const opened = await openAsked(message.data, authentication.identity);
      if (opened.outcome === "refused") return fail(id, own, opened.errors);
      // It may have been stopped meanwhile.
      if (!isUnderWay(id, own)) return release(opened);
      const forgetExpiry = callAt(authentication.expiresAt, { now }, () => {
        fail(id, own, [{ errorType: "UnauthorizedException", message: "Token expired" }]);
      });
      own.release = () => {
        forgetExpiry();
        release(opened);
      };
      say(startAckMessage(id));
      deliver(id, own, opened).catch((error: unknown) => giveUp(id, own, error));
    },
    stop,
    close() {
      for (const id of [...underWay.keys()]) drop(id);
    },
  };

  function refuseId(id: string): RealtimeError | null {
    if (underWay.has(id))
      return { errorType: "DuplicatedOperationError", message: `Duplicated operation with id ${id}` };
    const max = limits.maxSubscriptionsPerSocket;
    if (underWay.size < max) return null;
    return { errorType: "MaxSubscriptionsReachedError", message: `Max number of ${max} subscriptions reached` };
  }

  async function authenticateStart(given: RequestHeaders, connected: Identity): Promise<Authentication> {
    const isGiven = given["x-api-key"] !== undefined || given.authorization !== undefined;
    return isGiven ? authenticate(given) : { outcome: "accepted", identity: connected, expiresAt: null };
  }

  async function openAsked(text: string, identity: Identity): Promise<Open | Refused> {
    const read = readJson(text);
    if (read.outcome === "refused" || !isJsonObject(read.value)) {
      const message = "the data of start is not the JSON text of {query, variables}";
      return { outcome: "refused", errors: [{ errorType: "BadRequestException", message }] };
    }
    const { query, variables, operationName } = read.value;
    const prepared = operations.prepare({ query, variables, operationName }, contextFor(identity));
    if (prepared.outcome === "refused") return { outcome: "refused", errors: prepared.errors.map(said) };
    if (prepared.type !== OperationTypeNode.SUBSCRIPTION) {
      const message = `${prepared.type} not supported through the realtime channel`;
      return { outcome: "refused", errors: [{ errorType: "UnsupportedOperation", message }] };
    }
    const opened = await openSubscription(prepared.args);
    return opened.outcome === "open" ? opened : { outcome: "refused", errors: opened.errors.map(said) };
  }

  /** An event is only taken when the one before has gone out, so that what a slow reader leaves waiting is counted in one place. */
  async function deliver(id: string, own: Subscription, { events, answer }: Open): Promise<void> {
    for (;;) {
      const event = await events.next();
      if (!isUnderWay(id, own)) return;
      if (event.done === true) return stop(id);
      const { text } = await answer(event.value);
      if (!isUnderWay(id, own)) return;
      await socket.send(dataMessage(id, text()));
    }
  }

  function giveUp(id: string, own: Subscription, error: unknown): void {
    if (!isUnderWay(id, own)) return;
    const isMeant = error instanceof GatewayError;
    if (isMeant && error.errorType === "LimitExceededError") {
      socket.cutOff("it takes its events too slowly");
      return;
    }
    if (!isMeant) log.error({ err: error }, "a GraphQL subscription failed");
    const message = isMeant ? error.message : "the server failed to answer; its log says why";
    fail(id, own, [{ errorType: isMeant ? error.errorType : "InternalFailure", message }]);
  }

  function stop(id: string): void {
    drop(id);
    say(completeMessage(id));
  }

  function fail(id: string, own: Subscription, errors: readonly RealtimeError[]): void {
    if (!isUnderWay(id, own)) return;
    drop(id);
    say(errorMessage(id, errors));
  }

  function drop(id: string): void {
    underWay.get(id)?.release();
    underWay.delete(id);
  }

  function isUnderWay(id: string, own: Subscription): boolean {
    return underWay.get(id) === own;
  }

  function release({ events }: Open): void {
    events.return?.().catch((error: unknown) => log.error({ err: error }, "ending a GraphQL subscription failed"));
  }

  function said(error: GraphQLError): RealtimeError {
    const { errorType, message } = formatter.format(error).toJSON();
    return { errorType, message };
  }

  /** `send` never rejects: what becomes of the message is the socket's business. */
  function say(message: string): void {
    void socket.send(message);
  }
}
