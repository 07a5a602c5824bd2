/** The sync queries of a model: everything a relay has of it (base), or what changed since a time (delta). */
import {
  embeddedNamed,
  type FieldDescription,
  modelNamed,
  type SchemaDescription,
  storedFields,
} from "@tributary/schema";
import type { ModelName, Values } from "../scenario/edit.ts";
import type { GraphqlClient } from "./graphql-client.ts";

/** A record as the gateway answers it: its fields and what the relay knows of it. */
export interface SyncedRecord {
  readonly values: Values;
  readonly version: number;
  readonly isDeleted: boolean;
  /** ms since 1970. */
  readonly lastChangedAt: number;
}

export interface SyncAnswer {
  readonly records: readonly SyncedRecord[];
  readonly pages: number;
  /** What to ask a delta since: ms since 1970, by the relay's clock. */
  readonly startedAt: number;
}

const PAGE_SIZE = 1_000;

/** All pages. `lastSync` null asks for the base. */
export async function syncModel(
  client: GraphqlClient,
  schema: SchemaDescription,
  modelName: ModelName,
  lastSync: number | null,
): Promise<SyncAnswer> {
  const query = syncQuery(schema, modelName);
  const records: SyncedRecord[] = [];
  let nextToken: string | null = null;
  let startedAt = 0;
  let pages = 0;
  do {
    const variables: Values = { limit: PAGE_SIZE, nextToken, lastSync };
    const { page } = await client.ask<{ readonly page: SyncPage }>(query, variables);
    records.push(...page.items.map(recordOf));
    nextToken = page.nextToken;
    startedAt = page.startedAt;
    pages += 1;
  } while (nextToken !== null);
  return { records, pages, startedAt };
}

/** `syncMessages`, `syncChatRooms`. */
export function syncFieldOf(schema: SchemaDescription, modelName: ModelName): string {
  return `sync${modelNamed(schema, modelName)?.pluralName ?? modelName}`;
}

export function syncQuery(schema: SchemaDescription, modelName: ModelName): string {
  const model = modelNamed(schema, modelName);
  const fields = model === undefined ? [] : storedFields(model);
  return `query ($limit: Int, $nextToken: String, $lastSync: AWSTimestamp) {
  page: ${syncFieldOf(schema, modelName)}(limit: $limit, nextToken: $nextToken, lastSync: $lastSync) {
    items { ${fields.map((field) => selection(schema, field)).join(" ")} _version _deleted _lastChangedAt }
    nextToken
    startedAt
  }
}`;
}

interface SyncPage {
  readonly items: readonly (Values & {
    readonly _version: number;
    readonly _deleted: boolean | null;
    readonly _lastChangedAt: number;
  })[];
  readonly nextToken: string | null;
  readonly startedAt: number;
}

function selection(schema: SchemaDescription, { name, type }: FieldDescription): string {
  if (type.kind !== "embedded") return name;
  const fields = embeddedNamed(schema, type.name)?.fields ?? [];
  return `${name} { ${fields.map((field) => selection(schema, field)).join(" ")} }`;
}

function recordOf({ _version, _deleted, _lastChangedAt, ...values }: SyncPage["items"][number]): SyncedRecord {
  return { values, version: _version, isDeleted: _deleted === true, lastChangedAt: _lastChangedAt };
}
