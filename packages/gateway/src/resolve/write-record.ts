/** `createX`, `updateX`, `deleteX`: one write through the relay's commit pipeline, answered after it is durable. */
import { createHash } from "node:crypto";
import { KeyError, keyOf } from "@tributary/model";
import type { StoredRecord, WriteOutcome } from "@tributary/relay";
import type { ModelDescription } from "@tributary/schema";
import type { GraphQLResolveInfo } from "graphql";
import type { WriteOperation } from "../api/root-operation.ts";
import { readFilter } from "../filter/read-filter.ts";
import { GatewayError } from "../gateway-error.ts";
import { type Arguments, numberArgument, objectArgument } from "./arguments.ts";
import { staleUpdateOf, strategyOf } from "./conflict-resolution.ts";
import { keepUpdateTime } from "./keep-update-time.ts";
import { type RecordSource, recordSource } from "./record-source.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import { resolveConflict } from "./resolve-conflict.ts";
import { submitWrite } from "./submit-write.ts";
import { isUnaskable } from "./unaskable-conflict.ts";
import { holdsOnNothing, isOverrun, writeCondition } from "./write-condition.ts";
import { conditionFailed, refusedData, writeRefused } from "./write-refused.ts";
import { type MutableValues, writeValues } from "./write-values.ts";

/** How often a condition is judged anew because the record changed meanwhile. */
const MAX_ATTEMPTS = 5;

export async function writeRecord(
  services: GatewayServices,
  { model, operation }: { readonly model: ModelDescription; readonly operation: WriteOperation },
  args: Arguments,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<RecordSource> {
  const { identity } = context;
  const { records } = services.relay;
  const input = objectArgument(args, "input");
  const values = writeValues(model, operation, input, services.newId);
  const key = keyOrThrow(model, values);
  const test = readFilter(model, args.condition, services.limits.maxFilterNodes);
  const read = (): Promise<StoredRecord | null> => records.get(identity, model.name, key);

  if (operation === "create") {
    if (!holdsOnNothing(model, test)) throw conditionFailed("the condition does not hold on a new record", null);
    const asked = askedHash(operation, args);
    const write = { operation, model: model.name, values, baseVersion: null, condition: null, asked };
    return committed(await submitWrite(services.relay, identity, write), context, info);
  }
  if (operation === "update") await keepUpdateTime(model, values, read, services.now);
  const expectedVersion = model.versioned === null ? null : numberArgument(input, model.versioned.input);
  const baseVersion = numberArgument(input, "_version") ?? expectedVersion;
  // One that names no version may well be meant twice, with something else in between.
  const asked = baseVersion === null ? null : askedHash(operation, args);
  const isDeletion = operation === "delete";
  const strategy = strategyOf(services.conflictResolution, model);
  const onStale = staleUpdateOf(strategy);
  for (let attempt = 1; ; attempt += 1) {
    const condition = await writeCondition(model, test, read);
    const { predicate } = condition;
    const premises = { baseVersion, onStale, expectedVersion, condition: predicate };
    const write = { operation, model: model.name, values, asked, ...premises };
    const outcome = await submitWrite(services.relay, identity, write);
    if (outcome.outcome === "committed") return recordSource(outcome.record);
    if (outcome.code === "conflict" && typeof strategy !== "string") {
      const conflicted = { services, model, strategy, write, args, context, info };
      return committed(await resolveConflict(conflicted, outcome), context, info);
    }
    if (outcome.code === "conflict" && isDeletion && baseVersion !== null && isUnaskable(model, strategy)) {
      throw conditionFailed(`version ${baseVersion} is not the stored one`, await refusedData(outcome, context, info));
    }
    const isOvertaken = outcome.code === "condition" && isOverrun(condition, outcome.stored);
    if (!isOvertaken || attempt === MAX_ATTEMPTS) throw await writeRefused(outcome, context, info);
  }
}

/** Tells a mutation that is sent again. A creation that draws its id has another key each time. */
function askedHash(operation: WriteOperation, { input, condition = null }: Arguments): string {
  return createHash("sha256")
    .update(JSON.stringify([operation, input, condition]))
    .digest("base64url");
}

async function committed(
  outcome: WriteOutcome,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<RecordSource> {
  if (outcome.outcome === "committed") return recordSource(outcome.record);
  throw await writeRefused(outcome, context, info);
}

/** Throws for values that no record can have as its key. */
function keyOrThrow(model: ModelDescription, values: MutableValues): string {
  try {
    return keyOf(model, values);
  } catch (error) {
    if (error instanceof KeyError) throw new GatewayError("ValidationError", error.message);
    throw error;
  }
}
