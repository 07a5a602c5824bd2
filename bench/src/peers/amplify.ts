/**
 * Amplify's DataStore in Node with its adapter for memory, without a cloud: the API that ours is compatible with.
 *
 * Nothing of it reaches a disk, and nothing is queued for sending.
 */
import { nowUs, perSecond } from "../clock.ts";
import { type Message, makeMessages } from "../message.ts";
import type { Side } from "../row.ts";
import { requireFromPeers } from "./load-peer.ts";

interface AmplifyModel {
  new (init: Omit<Message, "id">): { readonly id: string };
}

interface Condition {
  readonly eq: (value: string) => unknown;
  readonly gt: (value: string) => unknown;
}

interface Conditions {
  and(of: (fields: Conditions) => unknown[]): unknown;
  readonly roomId: Condition;
  readonly createdAt: Condition;
}

interface AmplifyDataStore {
  configure(config: object): void;
  start(): Promise<void>;
  clear(): Promise<void>;
  save(instance: object): Promise<{ readonly id: string }>;
  query(model: AmplifyModel, id: string): Promise<object | undefined>;
  query(model: AmplifyModel, criteria: (m: Conditions) => unknown, page: object): Promise<object[]>;
}

interface AmplifyPackage {
  readonly DataStore: AmplifyDataStore;
  readonly SortDirection: { readonly DESCENDING: string };
  initSchema(schema: object): { readonly Message: AmplifyModel };
}

function openAmplify(): AmplifyPackage & { readonly Message: AmplifyModel } {
  const amplify = requireFromPeers<AmplifyPackage>("@aws-amplify/datastore");
  // Its storage class asks for a window even when it is given an adapter; while it loads there must be none.
  Object.assign(globalThis, { window: globalThis });
  // At each start it warns that no cloud is configured.
  console.warn = () => {};
  const adapters = "./node_modules/@aws-amplify/datastore/dist/cjs/storage/adapter";
  const adapter = requireFromPeers<{ readonly default: object }>(`${adapters}/AsyncStorageAdapter.js`);
  amplify.DataStore.configure({ storageAdapter: adapter.default });
  return { ...amplify, Message: amplify.initSchema(amplifySchema()).Message };
}

function amplifySchema(): object {
  const field = (name: string, type: unknown): object => ({
    name,
    type,
    isArray: false,
    isRequired: true,
    attributes: [],
  });
  const fields = {
    id: field("id", "ID"),
    message: field("message", "String"),
    roomId: field("roomId", "ID"),
    senderId: field("senderId", "ID"),
    createdAt: field("createdAt", "AWSDateTime"),
    status: field("status", { enum: "Status" }),
    likes: field("likes", "Int"),
  };
  const attributes = [
    { type: "model", properties: {} },
    { type: "key", properties: { name: "byRoom", fields: ["roomId", "createdAt"] } },
  ];
  return {
    enums: { Status: { name: "Status", values: ["SENT", "DELIVERED", "READ", "FAILED"] } },
    nonModels: {},
    models: { Message: { name: "Message", pluralName: "Messages", syncable: true, fields, attributes } },
    version: "bench",
    codegenVersion: "3.4.4",
  };
}

function amplifyInstances(model: AmplifyModel, count: number, rooms?: number): { readonly id: string }[] {
  return makeMessages(count, rooms).map(({ id: _, ...init }) => new model(init));
}

/** `inFlight` saves at a time, on an emptied store. */
export function amplifySaves(count: number, quick: number, inFlight: number): Side {
  return async (context) => {
    const { DataStore, Message } = openAmplify();
    return {
      async sample() {
        await DataStore.clear();
        await DataStore.start();
        const messages = amplifyInstances(Message, context.size(count, quick));
        const startUs = nowUs();
        for (let i = 0; i < messages.length; i += inFlight) {
          await Promise.all(messages.slice(i, i + inFlight).map((message) => DataStore.save(message)));
        }
        return { value: perSecond(messages.length, startUs) };
      },
      close: async () => {},
    };
  };
}

const STORED = 10_000;
const IN_FLIGHT = 50;

async function openFilled(rooms: number): Promise<AmplifyPackage & { Message: AmplifyModel; ids: readonly string[] }> {
  const amplify = openAmplify();
  await amplify.DataStore.start();
  const messages = amplifyInstances(amplify.Message, STORED, rooms);
  for (let i = 0; i < messages.length; i += IN_FLIGHT) {
    await Promise.all(messages.slice(i, i + IN_FLIGHT).map((message) => amplify.DataStore.save(message)));
  }
  return { ...amplify, ids: messages.map((message) => message.id) };
}

export const amplifyById: Side = async (context) => {
  const { DataStore, Message, ids } = await openFilled(200);
  return {
    async sample() {
      const count = context.size(3000, 300);
      const startUs = nowUs();
      for (let i = 0; i < count; i++) {
        if ((await DataStore.query(Message, ids[(i * 7919) % STORED] ?? "")) === undefined)
          throw new Error("record lost");
      }
      return { value: perSecond(count, startUs) };
    },
    close: async () => {},
  };
};

export function amplifyPage(rooms: number, roomId: (room: number) => string, since: string, limit: number): Side {
  return async (context) => {
    const { DataStore, SortDirection, Message } = await openFilled(rooms);
    return {
      async sample() {
        const count = context.size(20, 4);
        const startUs = nowUs();
        for (let i = 0; i < count; i++) {
          const room = roomId(i % rooms);
          const found = await DataStore.query(
            Message,
            (m) => m.and((m) => [m.roomId.eq(room), m.createdAt.gt(since)]),
            {
              sort: (by: { createdAt(direction: string): unknown }) => by.createdAt(SortDirection.DESCENDING),
              limit,
            },
          );
          if (found.length !== limit) throw new Error(`${found.length} records instead of ${limit}`);
        }
        return { value: perSecond(count, startUs) };
      },
      close: async () => {},
    };
  };
}
