/** The answer to a hello that was accepted: what the session is, and how it starts. */
import { ceilings } from "../ceilings.ts";
import { readFeatures } from "../features.ts";
import { type Limits, readLimits } from "../limits.ts";
import { relayKind } from "../message-kind.ts";
import { type PushId, readPushId } from "../push-id.ts";
import {
  encodeJsonFrame,
  readArray,
  readBoolean,
  readChoice,
  readInteger,
  readMap,
  readNullable,
  readObject,
  readString,
} from "../wire/json-body.ts";
import { malformed } from "../wire/malformed.ts";

export interface Welcome {
  readonly type: "welcome";
  readonly protocol: number;
  /** Optional features of the session: some of those the hello named. */
  readonly features: readonly string[];
  /** Names the session in the relay's log. */
  readonly session: string;
  /** Identity of the relay's history. */
  readonly epoch: string;
  /** Who the relay takes the client for. */
  readonly principal: string;
  /** The relay's clock: ms since 1970. */
  readonly timeMs: number;
  /** How far ahead of the relay's clock a stamp may lie. */
  readonly driftMs: number;
  /** The last push of this replica that the relay has judged; null when it knows none. */
  readonly lastPush: PushId | null;
  readonly start: "resume" | "base";
  /** Why a base sync starts; null when an interrupted one goes on, and in a resume. */
  readonly reason: "new" | "scope" | "epoch" | "expired" | "invalid" | null;
  /**
   * The client's cursor lies beyond the point this history shares with the one the cursor is of, or the relay cannot tell: the
   * client may hold what this relay lost. False in a resume.
   */
  readonly isAhead: boolean;
  readonly schemaHash: string;
  /** Models of the relay's schema; a page or turn names a model by its place here. */
  readonly models: readonly string[];
  /** Names of the facets, for models of more than one; pushes, pages and turns name a facet by its place. The first is `""`. */
  readonly facets: Readonly<Record<string, readonly string[]>>;
  /** Records that the base sync will bring, by model, -1 when unknown: for showing progress. Empty in a resume. */
  readonly counts: readonly number[];
  readonly limits: Limits;
}

const fields = [
  "protocol",
  "features",
  "session",
  "epoch",
  "principal",
  "timeMs",
  "driftMs",
  "lastPush",
  "start",
  "reason",
  "isAhead",
  "schemaHash",
  "models",
  "facets",
  "counts",
  "limits",
] as const satisfies readonly (keyof Welcome)[];

export function encodeWelcome(welcome: Welcome): Uint8Array {
  const { protocol, features, session, epoch, principal, timeMs, driftMs, lastPush, start, reason } = welcome;
  const { isAhead, schemaHash, models, facets, counts, limits } = welcome;
  return encodeJsonFrame(relayKind.welcome, {
    protocol,
    features,
    session,
    epoch,
    principal,
    timeMs,
    driftMs,
    lastPush,
    start,
    reason,
    isAhead,
    schemaHash,
    models,
    facets,
    counts,
    limits,
  });
}

export function readWelcome(value: unknown): Welcome {
  const body = readObject(value, "welcome", fields);
  const welcome: Welcome = {
    type: "welcome",
    protocol: readInteger(body.protocol, "welcome.protocol", 1),
    features: readFeatures(body.features, "welcome.features"),
    session: readString(body.session, "welcome.session", 1, ceilings.hashBytes),
    epoch: readString(body.epoch, "welcome.epoch", 1, ceilings.hashBytes),
    principal: readString(body.principal, "welcome.principal", 0, ceilings.credentialBytes),
    timeMs: readInteger(body.timeMs, "welcome.timeMs", 0),
    driftMs: readInteger(body.driftMs, "welcome.driftMs", 0),
    lastPush: readNullable(body.lastPush, "welcome.lastPush", readPushId),
    start: readChoice(body.start, "welcome.start", ["resume", "base"]),
    reason: readNullable(body.reason, "welcome.reason", readReason),
    isAhead: readBoolean(body.isAhead, "welcome.isAhead"),
    schemaHash: readString(body.schemaHash, "welcome.schemaHash", 1, ceilings.hashBytes),
    models: readArray(body.models, "welcome.models", ceilings.models, (model, where) =>
      readString(model, where, 1, ceilings.modelBytes),
    ),
    facets: readFacets(body.facets, "welcome.facets"),
    counts: readArray(body.counts, "welcome.counts", ceilings.models, (count, where) => readInteger(count, where, -1)),
    limits: readLimits(body.limits, "welcome.limits"),
  };
  if (welcome.start === "resume" && welcome.reason !== null)
    throw malformed("welcome.reason is given without a base sync");
  if (welcome.start === "resume" && welcome.isAhead) throw malformed("welcome.isAhead is true without a base sync");
  if (welcome.counts.length !== 0 && welcome.counts.length !== welcome.models.length) {
    throw malformed(`welcome.counts has ${welcome.counts.length} entries for ${welcome.models.length} models`);
  }
  return welcome;
}

function readReason(value: unknown, where: string): NonNullable<Welcome["reason"]> {
  return readChoice(value, where, ["new", "scope", "epoch", "expired", "invalid"]);
}

function readFacets(value: unknown, where: string): Record<string, readonly string[]> {
  const facets: Record<string, readonly string[]> = {};
  for (const [model, names] of readMap(value, where, ceilings.models, ceilings.modelBytes)) {
    facets[model] = readArray(names, `${where}.${model}`, ceilings.facets, (name, at) =>
      readString(name, at, 0, ceilings.modelBytes),
    );
  }
  return facets;
}
