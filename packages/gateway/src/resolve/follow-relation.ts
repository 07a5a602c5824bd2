/** The fields that lead from a record to others: to the one whose key it holds, or to those that hold its own. */
import type { JsonValue, Values } from "@tributary/model";
import { keyFields } from "@tributary/schema";
import type { GraphQLResolveInfo } from "graphql";
import type { RelationOperation } from "../api/relation-operation.ts";
import { never } from "../filter/filter-test.ts";
import { isJson } from "../json.ts";
import { answerPage } from "./answer-page.ts";
import { type Arguments, pageSize } from "./arguments.ts";
import { keyOrNull } from "./get-record.ts";
import { equals, orderBy, sortTests } from "./key-range.ts";
import { sourceForm } from "./page-form.ts";
import { type ConnectionSource, type RecordSource, recordSource } from "./record-source.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import { unauthorized } from "./unauthorized.ts";

/** Null where the record holds no key, where nothing has that key, and where the identity may not read it. */
export async function relatedRecord(
  { relay }: GatewayServices,
  { model, keys }: Extract<RelationOperation, { kind: "related" }>,
  source: unknown,
  { identity, related }: RequestContext,
  info: GraphQLResolveInfo,
): Promise<RecordSource | null> {
  const held = keys.map((name) => heldIn(source, name));
  if (held.includes(null)) return null;
  if (!relay.records.canReadModel(identity, model.name)) throw unauthorized(info);
  const values: Values = Object.fromEntries(keyFields(model).map(({ name }, i) => [name, held[i] ?? null]));
  const key = keyOrNull(model, values);
  if (key === null) return null;
  const record = await related.load(model.name, key);
  return record === null ? null : recordSource(record);
}

export async function listRelated(
  services: GatewayServices,
  { model, on, path, limit }: Extract<RelationOperation, { kind: "connection" }>,
  source: unknown,
  args: Arguments,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<ConnectionSource> {
  const values = on.map(({ own }) => heldIn(source, own));
  const same = on.map(({ other }) => other);
  const sort = sortTests(model, path, args);
  const request = {
    model,
    // Nothing belongs to a record by a value that it does not have.
    range: values.includes(null) ? [never] : [...same.map((field, i) => equals(field, values[i])), ...sort],
    order: orderBy(model, path.sort, same, args),
    limit: pageSize(args, services.limits, limit ?? undefined),
    name: JSON.stringify([info.parentType.name, info.fieldName, values]),
    args,
  };
  return answerPage(services, context, info, request, sourceForm);
}

/** Null for a field that the record has no value in. */
function heldIn(source: unknown, field: string): JsonValue {
  if (typeof source !== "object" || source === null) return null;
  const value = Object.entries(source).find(([name]) => name === field)?.[1];
  return isJson(value) ? value : null;
}
