/**
 * Hands committed changes to GraphQL subscribers: one subscription at the relay for all of them, found by model and operation.
 *
 * Whether a subscriber may read a record is judged for each event, on the record as it was committed, whoever wrote it: by
 * GraphQL, by a replica, or by a Yjs client.
 */
import type { Identity } from "@tributary/model";
import type { CommittedChange, Relay, StoredRecord } from "@tributary/relay";
import type { WriteOperation } from "../api/root-operation.ts";
import { GatewayError } from "../gateway-error.ts";
import { createEventQueue, type EventQueue } from "./event-queue.ts";

export interface SubscriptionRequest {
  readonly identity: Identity;
  readonly model: string;
  readonly operation: WriteOperation;
  /** Whether the subscriber asked for this record. */
  readonly accepts: (record: StoredRecord) => boolean;
}

export interface SubscriptionHub {
  /** Changes from now on, until the iterator is returned. */
  subscribe(request: SubscriptionRequest): AsyncGenerator<StoredRecord, undefined, undefined>;
  readonly subscribers: number;
  /** Ends all subscriptions, and the one at the relay. */
  close(): void;
}

interface Subscriber {
  readonly request: SubscriptionRequest;
  readonly queue: EventQueue<StoredRecord>;
}

export interface SubscriptionHubOptions {
  readonly relay: Relay;
  readonly maxQueuedEvents: number;
  /** A filter failed on a record: a defect, which ends only that subscription. */
  readonly onFailure: (error: unknown) => void;
}

export function createSubscriptionHub({ relay, maxQueuedEvents, onFailure }: SubscriptionHubOptions): SubscriptionHub {
  const topics = new Map<string, Set<Subscriber>>();
  let isClosed = false;
  const stop = relay.subscribe((changes) => {
    for (const change of changes) deliver(change);
  });

  function deliver({ operation, after }: CommittedChange): void {
    const subscribers = topics.get(topicOf(after.model, operation));
    if (subscribers === undefined) return;
    const readable = new Map<Identity, boolean>();
    for (const subscriber of [...subscribers]) deliverTo(subscriber, after, readable);
  }

  /** `readable` holds what is already known of this record: many subscriptions of one socket share an identity. */
  function deliverTo({ request, queue }: Subscriber, record: StoredRecord, readable: Map<Identity, boolean>): void {
    const { identity, accepts } = request;
    try {
      const mayRead = readable.get(identity) ?? relay.records.canRead(identity, record);
      readable.set(identity, mayRead);
      if (mayRead && accepts(record)) queue.push(record);
    } catch (error) {
      onFailure(error);
      queue.fail(new GatewayError("InternalFailure", "the subscription failed; subscribe again"));
    }
  }

  return {
    subscribe(request) {
      const topic = topicOf(request.model, request.operation);
      const subscribers = topics.get(topic) ?? new Set();
      const queue = createEventQueue<StoredRecord>({
        maxEvents: maxQueuedEvents,
        onEnd() {
          subscribers.delete(subscriber);
          if (subscribers.size === 0) topics.delete(topic);
        },
        overflow: () =>
          new GatewayError(
            "LimitExceededError",
            `the subscriber is too slow: ${maxQueuedEvents} events were waiting; subscribe again and sync`,
          ),
      });
      const subscriber: Subscriber = { request, queue };
      if (isClosed) {
        queue.end();
        return queue.events;
      }
      subscribers.add(subscriber);
      topics.set(topic, subscribers);
      return queue.events;
    },
    get subscribers() {
      let count = 0;
      for (const subscribers of topics.values()) count += subscribers.size;
      return count;
    },
    close() {
      isClosed = true;
      stop();
      for (const subscribers of [...topics.values()]) for (const { queue } of [...subscribers]) queue.end();
    },
  };
}

function topicOf(model: string, operation: WriteOperation): string {
  return `${operation} ${model}`;
}
