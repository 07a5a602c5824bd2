/**
 * The first message of a session: who the replica is, where it left off, what it wants.
 *
 * `protocol` is read before anything else of the body, so that a client of any version learns that it is the version that
 * does not fit.
 */
import { type Auth, readAuth } from "../auth.ts";
import { ceilings } from "../ceilings.ts";
import { type ClientId, readClientId } from "../client-id.ts";
import { CloseCode } from "../close-code.ts";
import { readFeatures } from "../features.ts";
import { clientKind } from "../message-kind.ts";
import { ProtocolError } from "../protocol-error.ts";
import { type PushId, readPushId } from "../push-id.ts";
import { PROTOCOL_VERSION } from "../version.ts";
import {
  encodeJsonFrame,
  readArray,
  readBoolean,
  readInteger,
  readMap,
  readNullable,
  readObject,
  readOpaque,
  readString,
} from "../wire/json-body.ts";

export interface Hello {
  readonly type: "hello";
  readonly protocol: number;
  /** Name and version of the client's software, for the relay's log. */
  readonly agent: string;
  /** Optional features the client would use, by name; a relay passes over those it does not know. */
  readonly features: readonly string[];
  /** Id of the database that connects; drawn once, and anew after a rewind or a copy. */
  readonly replica: string;
  /** Ids the replica writes under or has unacknowledged writes under. */
  readonly clientIds: readonly ClientId[];
  readonly auth: Auth;
  /** Hash of the schema the client was built with. */
  readonly schemaHash: string;
  /** The newest cursor stored with what came with it; null when the replica never synced. */
  readonly cursor: string | null;
  /** The replica holds no records, so a base sync needs no tombstones. */
  readonly isEmpty: boolean;
  /** The last push the replica knows to be acknowledged or refused. */
  readonly acknowledged: PushId | null;
  /** Models to sync; null for all that the identity may read. */
  readonly models: readonly string[] | null;
  /** Sync expressions by model: predicates as JSON, opaque to this package. */
  readonly expressions: Readonly<Record<string, unknown>>;
}

const fields = [
  "protocol",
  "agent",
  "features",
  "replica",
  "clientIds",
  "auth",
  "schemaHash",
  "cursor",
  "isEmpty",
  "acknowledged",
  "models",
  "expressions",
] as const satisfies readonly (keyof Hello)[];

export function encodeHello(hello: Hello): Uint8Array {
  const { protocol, agent, features, replica, clientIds, auth, schemaHash, cursor, isEmpty } = hello;
  const { acknowledged, models, expressions } = hello;
  return encodeJsonFrame(clientKind.hello, {
    protocol,
    agent,
    features,
    replica,
    clientIds,
    auth,
    schemaHash,
    cursor,
    isEmpty,
    acknowledged,
    models,
    expressions,
  });
}

export function readHello(value: unknown): Hello {
  const protocol = readInteger(readObject(value, "hello").protocol, "hello.protocol", 1);
  if (protocol !== PROTOCOL_VERSION) throw unsupportedVersion(protocol);
  const body = readObject(value, "hello", fields);
  return {
    type: "hello",
    protocol,
    agent: readString(body.agent, "hello.agent", 0, ceilings.agentBytes),
    features: readFeatures(body.features, "hello.features"),
    replica: readString(body.replica, "hello.replica", 1, ceilings.replicaBytes),
    clientIds: readArray(body.clientIds, "hello.clientIds", ceilings.clientIds, readClientId),
    auth: readAuth(body.auth, "hello.auth"),
    schemaHash: readString(body.schemaHash, "hello.schemaHash", 1, ceilings.hashBytes),
    cursor: readNullable(body.cursor, "hello.cursor", (cursor, where) =>
      readString(cursor, where, 1, ceilings.cursorBytes),
    ),
    isEmpty: readBoolean(body.isEmpty, "hello.isEmpty"),
    acknowledged: readNullable(body.acknowledged, "hello.acknowledged", readPushId),
    models: readNullable(body.models, "hello.models", readModels),
    expressions: readExpressions(body.expressions, "hello.expressions"),
  };
}

function unsupportedVersion(protocol: number): ProtocolError {
  const message = `hello.protocol is ${protocol}, this relay speaks ${PROTOCOL_VERSION}: update the older side`;
  return new ProtocolError(CloseCode.unsupportedVersion, message);
}

function readModels(value: unknown, where: string): string[] {
  return readArray(value, where, ceilings.models, (model, at) => readString(model, at, 1, ceilings.modelBytes));
}

function readExpressions(value: unknown, where: string): Record<string, unknown> {
  const expressions: Record<string, unknown> = {};
  for (const [model, expression] of readMap(value, where, ceilings.models, ceilings.modelBytes)) {
    expressions[model] = readOpaque(expression, `${where}.${model}`);
  }
  return expressions;
}
