/** `getX`: one record by its key, deleted ones included. */
import { KeyError, keyOf, type Values } from "@tributary/model";
import { keyFields, type ModelDescription } from "@tributary/schema";
import type { GraphQLResolveInfo } from "graphql";
import { isJson } from "../json.ts";
import type { Arguments } from "./arguments.ts";
import { type RecordSource, recordSource } from "./record-source.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import { unauthorized } from "./unauthorized.ts";

/** Null for a record that is not there or that the identity may not read: it is not told which. */
export async function getRecord(
  { relay }: GatewayServices,
  model: ModelDescription,
  args: Arguments,
  { identity, budget }: RequestContext,
  info: GraphQLResolveInfo,
): Promise<RecordSource | null> {
  if (!relay.records.canReadModel(identity, model.name)) throw unauthorized(info);
  const key = keyOrNull(model, keyArguments(model, args));
  if (key === null) return null;
  const record = await budget.spend(() => relay.records.get(identity, model.name, key), 1);
  return record === null ? null : recordSource(record);
}

function keyArguments(model: ModelDescription, args: Arguments): Values {
  return Object.fromEntries(
    keyFields(model).flatMap(({ name }) => {
      const value = args[name];
      return isJson(value) ? [[name, value]] : [];
    }),
  );
}

/** Null for values that no record can have as its key. */
export function keyOrNull(model: ModelDescription, values: Values): string | null {
  try {
    return keyOf(model, values);
  } catch (error) {
    if (error instanceof KeyError) return null;
    throw error;
  }
}
