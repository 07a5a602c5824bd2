/** `createX`, `updateX`, `deleteX`: one write through the relay's commit pipeline, answered after it is durable. */
import { type Identity, KeyError, keyOf, type Predicate } from "@tributary/model";
import type { RecordWrite, StoredRecord, WriteOutcome } from "@tributary/relay";
import { type ModelDescription, storedFields } from "@tributary/schema";
import type { GraphQLResolveInfo } from "graphql";
import type { WriteOperation } from "../api/root-operation.ts";
import { type FilterTest, passes } from "../filter/filter-test.ts";
import { readFilter } from "../filter/read-filter.ts";
import { GatewayError } from "../gateway-error.ts";
import { type Arguments, numberArgument, objectArgument } from "./arguments.ts";
import { type RecordSource, recordSource } from "./record-source.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import { holdsOnNothing, isOverrun, pinned, writeCondition } from "./write-condition.ts";
import { conditionFailed, type Refusal, writeRefused } from "./write-refused.ts";
import { declaredUpdateTime, type MutableValues, writesFields, writeValues } from "./write-values.ts";

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
    const write = { operation, model: model.name, values, baseVersion: null, condition: null };
    return committed(await submit(services, identity, write), context, info);
  }
  const expected = model.versioned === null ? null : numberArgument(input, model.versioned.input);
  const stillAtVersion = async (): Promise<Predicate[]> =>
    expected === null ? [] : atVersion(model, expected, await read(), context, info);
  if (operation === "update") {
    if (!writesFields(model, values)) {
      await stillAtVersion();
      return unchanged(model, test, await read(), context, info);
    }
    await keepUpdateTime(model, values, read, services.now);
  }
  const baseVersion = numberArgument(input, "_version") ?? expected;
  for (let attempt = 1; ; attempt += 1) {
    const condition = await writeCondition(model, test, read);
    const unmoved = await stillAtVersion();
    const predicate = joined([...unmoved, ...(condition.predicate === null ? [] : [condition.predicate])]);
    const write = { operation, model: model.name, values, baseVersion, condition: predicate };
    const outcome = await submit(services, identity, write);
    const isStale =
      outcome.outcome === "refused" && outcome.code === "condition" && isOverrun(condition, outcome.stored);
    if (!isStale || attempt === MAX_ATTEMPTS) return committed(outcome, context, info);
  }
}

/** `@versioned` writes to a record as it stands at one version, and to no other. Says how it stands, to be held in the commit. */
async function atVersion(
  model: ModelDescription,
  expected: number,
  record: StoredRecord | null,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<Predicate[]> {
  if (record === null) return [];
  const fields = storedFields(model).map(({ name }) => name);
  if (record.version === expected) return pinned(record, fields);
  const message = `the ${model.name} is at version ${record.version}, not ${expected}`;
  throw await writeRefused(
    { outcome: "refused", code: "condition", message, fields: [], stored: record },
    context,
    info,
  );
}

function joined(of: readonly Predicate[]): Predicate | null {
  return of.length === 0 ? null : { kind: "and", of };
}

async function submit({ relay }: GatewayServices, identity: Identity, write: RecordWrite): Promise<WriteOutcome> {
  const [outcome] = await relay.submit(identity, [write]);
  if (outcome === undefined) throw new Error("the relay answered no outcome for a write");
  return outcome;
}

async function committed(
  outcome: WriteOutcome,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<RecordSource> {
  if (outcome.outcome === "committed") return recordSource(outcome.record);
  throw await writeRefused(outcome, context, info);
}

/** An update that names no field changes nothing, but is held to what any other is held to. */
async function unchanged(
  model: ModelDescription,
  test: FilterTest,
  record: StoredRecord | null,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<RecordSource> {
  const refusal = (code: Refusal["code"], message: string): Promise<GatewayError> =>
    writeRefused({ outcome: "refused", code, message, fields: [], stored: record }, context, info);
  if (record === null) throw await refusal("missing", `there is no such ${model.name}`);
  if (!passes(model, test, record)) throw await refusal("condition", "the condition does not hold");
  if (record.isDeleted) throw await refusal("conflict", `the ${model.name} is deleted`);
  return recordSource(record);
}

/** A declared update time that somebody wrote no longer follows by itself: each update that does not give it must. */
async function keepUpdateTime(
  model: ModelDescription,
  values: MutableValues,
  read: () => Promise<StoredRecord | null>,
  now: () => number,
): Promise<void> {
  const name = declaredUpdateTime(model);
  if (name === null || name in values) return;
  const record = await read();
  if (record === null || record.values[name] === new Date(record.changedAt).toISOString()) return;
  values[name] = new Date(now()).toISOString();
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
