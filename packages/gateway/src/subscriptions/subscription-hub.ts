/**
 * Hands committed changes to GraphQL subscribers: one subscription at the relay for all of them, as long as there are any.
 *
 * Subscribers are found by model, operation and the values their filters ask for, and those with the same filter are one
 * group, so that a change costs what it matches: each filter that might mean it is evaluated once. Whether a subscriber may read
 * a record is judged for each event and identity, on the record as it was committed, whoever wrote it: by GraphQL, by a
 * replica, or by a Yjs client.
 */
import type { Identity } from "@tributary/model";
import type { CommittedChange, Relay, StoredRecord } from "@tributary/relay";
import type { ModelDescription } from "@tributary/schema";
import type { WriteOperation } from "../api/root-operation.ts";
import { passes } from "../filter/filter-test.ts";
import { GatewayError } from "../gateway-error.ts";
import type { EventFilter } from "./event-filter.ts";
import { createEventQueue, type EventQueue } from "./event-queue.ts";
import { createFilterIndex, type FilterIndex } from "./filter-index.ts";

export interface SubscriptionRequest {
  readonly identity: Identity;
  readonly model: ModelDescription;
  readonly operation: WriteOperation;
  readonly filter: EventFilter;
}

export interface SubscriptionHub {
  /** Changes from now on, until the iterator is returned. Every subscriber of a change gets the same object. */
  subscribe(request: SubscriptionRequest): AsyncGenerator<StoredRecord, undefined, undefined>;
  readonly subscribers: number;
  /** Ends all subscriptions, and the one at the relay. */
  close(): void;
}

interface Subscriber {
  readonly identity: Identity;
  /** Equal for equal identities: each subscription may have come with a credential of its own. */
  readonly reader: string;
  readonly queue: EventQueue<StoredRecord>;
}

/** Subscribers with the same filter. */
interface Group {
  readonly model: ModelDescription;
  readonly filter: EventFilter;
  readonly subscribers: Set<Subscriber>;
}

/** The groups of one model and operation. */
interface Topic {
  /** By the key of their filter, with the way to take them out of the index. */
  readonly groups: Map<string, { readonly group: Group; readonly unlist: () => void }>;
  readonly index: FilterIndex<Group>;
}

export interface SubscriptionHubOptions {
  readonly relay: Relay;
  readonly maxQueuedEvents: number;
  /** A filter failed on a record: a defect, which ends only the subscriptions that have it. */
  readonly onFailure: (error: unknown) => void;
}

export function createSubscriptionHub({ relay, maxQueuedEvents, onFailure }: SubscriptionHubOptions): SubscriptionHub {
  const topics = new Map<string, Topic>();
  let isClosed = false;
  /** Ends the subscription at the relay; null while there are no subscribers, so that commits cost nothing then. */
  let stop: (() => void) | null = null;

  function deliver({ operation, after }: CommittedChange): void {
    const groups = topics.get(topicOf(after.model, operation))?.index.candidates(after.values) ?? [];
    const readable = new Map<string, boolean>();
    for (const group of groups) deliverTo(group, after, readable);
  }

  function deliverTo(
    { model, filter, subscribers }: Group,
    record: StoredRecord,
    readable: Map<string, boolean>,
  ): void {
    try {
      if (!passes(model, filter.test, record)) return;
      for (const { identity, reader, queue } of [...subscribers]) {
        const mayRead = readable.get(reader) ?? relay.records.canRead(identity, record);
        readable.set(reader, mayRead);
        if (mayRead) queue.push(record);
      }
    } catch (error) {
      onFailure(error);
      const failure = new GatewayError("InternalFailure", "the subscription failed; subscribe again");
      for (const { queue } of [...subscribers]) queue.fail(failure);
    }
  }

  return {
    subscribe(request) {
      let leave = (): void => {};
      const queue = createEventQueue<StoredRecord>({
        maxEvents: maxQueuedEvents,
        onEnd: () => leave(),
        overflow: () =>
          new GatewayError(
            "LimitExceededError",
            `the subscriber is too slow: ${maxQueuedEvents} events were waiting; subscribe again and sync`,
          ),
      });
      const { identity } = request;
      if (isClosed) queue.end();
      else leave = join({ identity, reader: JSON.stringify(identity), queue }, request);
      return queue.events;
    },
    get subscribers() {
      let count = 0;
      for (const { group } of everyGroup()) count += group.subscribers.size;
      return count;
    },
    close() {
      isClosed = true;
      for (const { group } of everyGroup()) for (const { queue } of [...group.subscribers]) queue.end();
    },
  };

  /** Answers the way out. */
  function join(subscriber: Subscriber, { model, operation, filter }: SubscriptionRequest): () => void {
    const name = topicOf(model.name, operation);
    const topic: Topic = topics.get(name) ?? { groups: new Map(), index: createFilterIndex() };
    topics.set(name, topic);
    const { group, unlist } = topic.groups.get(filter.key) ?? found(topic, model, filter);
    group.subscribers.add(subscriber);
    stop ??= relay.subscribe((changes) => {
      for (const change of changes) deliver(change);
    });
    return () => {
      group.subscribers.delete(subscriber);
      if (group.subscribers.size > 0) return;
      unlist();
      topic.groups.delete(filter.key);
      if (topic.groups.size === 0) topics.delete(name);
      if (topics.size > 0) return;
      stop?.();
      stop = null;
    };
  }

  function everyGroup(): { readonly group: Group }[] {
    return [...topics.values()].flatMap(({ groups }) => [...groups.values()]);
  }
}

function found({ groups, index }: Topic, model: ModelDescription, filter: EventFilter) {
  const group: Group = { model, filter, subscribers: new Set() };
  const listed = { group, unlist: index.add(group, filter.test) };
  groups.set(filter.key, listed);
  return listed;
}

function topicOf(model: string, operation: WriteOperation): string {
  return `${operation} ${model}`;
}
