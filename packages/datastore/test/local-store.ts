/** A datastore without a relay, for tests of what happens on one device. */
import { createDataStoreOn, type DataStoreInstance, type Platform } from "@tributary/datastore/core";
import type { SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import type { StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { onTestFinished } from "vitest";
import type { ModelClass } from "../src/models/model-class.ts";

export const blogSdl = `
  enum Status { DRAFT PUBLISHED }
  type Meta { author: String!, rating: Int, tags: [String], inner: Inner }
  type Inner { deep: String }
  type Blog @model { id: ID!, name: String!, posts: [Post] @hasMany }
  type Post @model {
    title: String!
    rating: Int
    status: Status
    data: AWSJSON
    labels: [String]
    scores: [Int!]
    meta: Meta
    metas: [Meta]
    mail: AWSEmail
    day: AWSDate
    done: Boolean
    blog: Blog @belongsTo
    comments: [Comment] @hasMany
    cover: Cover @hasOne
    topics: [Topic] @manyToMany(relationName: "PostTopics")
  }
  type Comment @model { id: ID! @primaryKey, text: String!, post: Post @belongsTo, author: Person @belongsTo }
  type Person @model { id: ID!, name: String!, comments: [Comment] @hasMany }
  type Cover @model { id: ID!, url: String }
  type Topic @model { id: ID!, name: String!, posts: [Post] @manyToMany(relationName: "PostTopics") }
  type Folder @model { id: ID! @primaryKey, name: String, parentId: ID @index(name: "byParent"), children: [Folder] @hasMany(indexName: "byParent", fields: ["id"]) }
  type Seat @model { row: String! @primaryKey(sortKeyFields: ["number"]), number: Int!, guest: String }
  type Parcel @model { country: String! @primaryKey(sortKeyFields: ["id"]), id: ID! }
  type Account @model { login: String! @primaryKey, name: String }
`;

export interface LocalStore {
  readonly store: DataStoreInstance;
  readonly schema: SchemaDescription;
  readonly warnings: readonly string[];
  model(name: string): ModelClass;
}

export interface LocalStoreOptions {
  readonly sdl?: string;
  readonly adapter?: () => StorageAdapter;
  readonly openSocket?: Platform["openSocket"];
  readonly url?: string;
}

/** Timers are real and waits are cut to nothing; ids are `id-1`, `id-2` … */
export function createLocalStore(options: LocalStoreOptions = {}): LocalStore {
  const schema = parseSchema(options.sdl ?? blogSdl);
  const warnings: string[] = [];
  const kept = createMemoryAdapter();
  let drawn = 0;
  let bytes = 0;
  const platform: Platform = {
    agent: "test",
    random: { bytes: (count) => new Uint8Array(count).map(() => bytes++ % 251) },
    now: Date.now,
    newId: () => `id-${++drawn}`,
    warn: (message) => warnings.push(message),
    after(_ms, action) {
      const timer = setTimeout(action, 0);
      return () => clearTimeout(timer);
    },
    createAdapter: options.adapter ?? (() => kept),
    openSocket:
      options.openSocket ??
      (() => {
        throw new Error("there is no relay");
      }),
  };
  const store = createDataStoreOn(platform, { schema, ...(options.url === undefined ? {} : { url: options.url }) });
  onTestFinished(() => store.stop());
  return {
    store,
    schema,
    warnings,
    model(name) {
      const found = store.models[name];
      if (found === undefined) throw new Error(`the schema has no model ${name}`);
      return found;
    },
  };
}
