/**
 * LAMBDA: a write on another version than the stored one becomes what a function makes of it.
 *
 * What it decides is written by whoever made the write, with his permissions, on the version that the function was shown. When
 * the record changes meanwhile, it is asked again.
 */
import { canonicalJson, type Identity, type JsonValue } from "@tributary/model";
import type { RecordWrite, StoredRecord, WriteOutcome } from "@tributary/relay";
import { type ModelDescription, storedFields } from "@tributary/schema";
import type { GraphQLResolveInfo } from "graphql";
import { isTimestamp } from "../api/model-types.ts";
import { writableFields } from "../api/write-inputs.ts";
import { GatewayError } from "../gateway-error.ts";
import { isJson } from "../json.ts";
import { type Arguments, objectArgument } from "./arguments.ts";
import { askHandler, type Conflict, type Item } from "./conflict-handler.ts";
import { ConflictHandlerError } from "./conflict-handler-error.ts";
import type { LambdaStrategy } from "./conflict-resolution.ts";
import { keepUpdateTime } from "./keep-update-time.ts";
import { recordSource } from "./record-source.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import { submitWrite } from "./submit-write.ts";
import { type Refusal, refusedData } from "./write-refused.ts";
import type { MutableValues } from "./write-values.ts";

export interface ConflictedWrite {
  readonly services: GatewayServices;
  readonly model: ModelDescription;
  readonly strategy: LambdaStrategy;
  readonly write: RecordWrite;
  readonly args: Arguments;
  readonly context: RequestContext;
  readonly info: GraphQLResolveInfo;
}

/** How often the function is asked because the record changed meanwhile. */
const MAX_ATTEMPTS = 5;

/** Rejects with a `GatewayError`: `ConflictError` when the function failed, `MaxConflicts` when it was always too late. */
export async function resolveConflict(conflicted: ConflictedWrite, refusal: Refusal): Promise<WriteOutcome> {
  const { services, context, info } = conflicted;
  let refused = refusal;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const { stored } = refused;
    // Nobody decides about what is deleted: a tombstone is not written.
    if (stored === null || stored.isDeleted) return refused;
    const write = await decide(conflicted, stored);
    if (write === null) return refused;
    const outcome = await submitWrite(services.relay, context.identity, write);
    if (outcome.outcome === "committed") return outcome;
    if (outcome.code === "invalid") {
      const reason = `answered an item that cannot be stored: ${outcome.message}`;
      throw await failure(conflicted, stored, new ConflictHandlerError(reason));
    }
    if (outcome.code !== "conflict") return outcome;
    refused = outcome;
  }
  throw new GatewayError("MaxConflicts", `the record changed ${MAX_ATTEMPTS} times while its conflict was decided`, {
    data: await refusedData(refused, context, info),
  });
}

/** What is to be written; null when the write is rejected. */
async function decide(conflicted: ConflictedWrite, stored: StoredRecord): Promise<RecordWrite | null> {
  const { services, model, strategy, write } = conflicted;
  try {
    const decision = await askHandler(strategy, conflictOf(conflicted, stored));
    const on = { model: model.name, baseVersion: stored.version, onStale: "refuse", condition: null } as const;
    const again = { ...on, asked: write.asked ?? null };
    switch (decision.action) {
      case "REJECT":
        return null;
      case "REMOVE":
        return { ...again, operation: "delete", values: keyOnly(model, stored) };
      case "RESOLVE": {
        const values = itemValues(conflicted, stored, decision.item);
        await keepUpdateTime(model, values, async () => stored, services.now);
        return { ...again, operation: "update", values };
      }
    }
  } catch (error) {
    if (!(error instanceof ConflictHandlerError)) throw error;
    throw await failure(conflicted, stored, error);
  }
}

async function failure(
  { services, model, context, info }: ConflictedWrite,
  stored: StoredRecord,
  error: ConflictHandlerError,
): Promise<GatewayError> {
  const reason = error.message;
  services.log.error({ err: error.cause ?? error, model: model.name, reason }, "a conflict handler failed");
  const data = await refusedData({ stored }, context, info);
  return new GatewayError("ConflictError", `The conflict handler of ${model.name} ${reason}`, { data });
}

function conflictOf({ model, write, args, context, info }: ConflictedWrite, stored: StoredRecord): Conflict {
  const written = write.operation === "delete" ? { _deleted: true } : write.values;
  return {
    newItem: itemOf({ ...stored.values, ...written }),
    existingItem: itemOf(recordSource(stored)),
    arguments: itemOf(args),
    resolver: {
      tableName: model.name,
      awsRegion: "local",
      parentType: "Mutation",
      field: info.fieldName,
      outputType: model.name,
    },
    identity: identityItem(context.identity),
  };
}

/** DynamoDB's items have no member where there is no value. */
function itemOf(source: Readonly<Record<string, unknown>>): Item {
  const item: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(source)) if (isJson(value) && value !== null) item[name] = value;
  return item;
}

function identityItem(identity: Identity): Item | null {
  switch (identity.kind) {
    case "nobody":
    case "apiKey":
    case "operator":
      return null;
    case "token": {
      const { subject, claims } = identity;
      const username = claims["cognito:username"] ?? claims.username ?? subject;
      return { sub: subject, issuer: claims.iss ?? null, username, claims };
    }
    case "iam":
      return { userArn: identity.principal, cognitoIdentityAuthType: identity.role };
  }
}

function keyOnly(model: ModelDescription, { values }: StoredRecord): MutableValues {
  return Object.fromEntries(model.primaryKey.map((name) => [name, values[name] ?? null]));
}

/** What the record must be given to become the item. Fields of the mutation itself are written also where they stay as they are. */
function itemValues({ model, args }: ConflictedWrite, stored: StoredRecord, item: Item): MutableValues {
  assertFits(model, stored, item);
  const named = objectArgument(args, "input");
  const values = keyOnly(model, stored);
  for (const field of writableFields(model, "update")) {
    const { name } = field;
    if (model.primaryKey.includes(name)) continue;
    const isGiven = Object.hasOwn(item, name);
    if (!isGiven && isTimestamp(model, field)) continue;
    const value = isGiven ? (item[name] ?? null) : null;
    if (!isSame(value, stored.values[name]) || Object.hasOwn(named, name)) values[name] = value;
  }
  return values;
}

function assertFits(model: ModelDescription, stored: StoredRecord, item: Item): void {
  const fields = new Set([...storedFields(model).map(({ name }) => name), ...metadata, model.versioned?.field]);
  for (const [name, value] of Object.entries(item)) {
    if (!fields.has(name))
      throw new ConflictHandlerError(`answered an item with ${name}, which is no field of ${model.name}`);
    if (model.primaryKey.includes(name) && !isSame(value, stored.values[name])) {
      throw new ConflictHandlerError(`answered an item with another ${name}; a record keeps its key`);
    }
  }
}

/** What a handler may hand back of what it was shown. It is the relay's to write. */
const metadata = ["_version", "_deleted", "_lastChangedAt", "_ttl", "__typename"];

function isSame(value: JsonValue, stored: JsonValue | undefined): boolean {
  return canonicalJson(value) === canonicalJson(stored ?? null);
}
