/** One record's change in a push: a Yjs update of one facet in one life, with what must hold for it to be applied. */
import { encodeUtf8 } from "lib0/string";
import { ceilings } from "../ceilings.ts";
import type { Limits } from "../limits.ts";
import type { FrameReader } from "../wire/frame-reader.ts";
import type { FrameWriter } from "../wire/frame-writer.ts";
import { hasLoneSurrogate, parseJsonText, readOpaque } from "../wire/json-body.ts";

export interface ChangeItem {
  readonly model: string;
  /** Canonical key of the record. */
  readonly key: string;
  /** Facet the update belongs to, by its place in `welcome.facets`; 0 is the main one. */
  readonly facet: number;
  /** Life the update was made in; from 1 on. */
  readonly life: number;
  /** Yjs update v1. */
  readonly update: Uint8Array;
  /** A predicate as JSON, opaque to this package; null for none. */
  readonly condition: unknown;
  /** `_version` the writer knew; asked for by models that do not merge. */
  readonly baseVersion: number | null;
}

/** Flags, model, key of one byte, facet, life, empty update. */
export const minChangeItemBytes = 7;

const hasCondition = 1;
const hasBaseVersion = 2;

export function writeChangeItem(writer: FrameWriter, change: ChangeItem, modelPlace: number): void {
  const { key, facet, life, update, condition, baseVersion } = change;
  writer.byte((condition === null ? 0 : hasCondition) | (baseVersion === null ? 0 : hasBaseVersion));
  writer.integer(modelPlace);
  writer.text(key);
  writer.integer(facet);
  writer.integer(life);
  writer.bytes(update);
  if (condition !== null) writer.text(JSON.stringify(condition));
  if (baseVersion !== null) writer.integer(baseVersion);
}

export function readChangeItem(reader: FrameReader, models: readonly string[], limits: Limits): ChangeItem {
  const flags = reader.flags("a change's flags", hasCondition | hasBaseVersion);
  const model = models[reader.integer("a change's model")];
  if (model === undefined) throw reader.malformed(`a change names a model outside the list of ${models.length}`);
  return {
    model,
    key: reader.name("a change's key", limits.maxKeyBytes),
    facet: reader.integer("a change's facet", ceilings.facets - 1),
    life: readLife(reader),
    update: reader.bytes("a change's update", limits.maxUpdateBytes),
    condition: (flags & hasCondition) === 0 ? null : readCondition(reader),
    baseVersion: (flags & hasBaseVersion) === 0 ? null : reader.integer("a change's base version"),
  };
}

/** Why no frame of a relay with these limits can carry the change, as a sentence; null when one can. */
export function describeMisfit(change: ChangeItem, limits: Limits): string | null {
  const { model, key, facet, life, update, condition } = change;
  if (update.length > limits.maxUpdateBytes) return over("update", update.length, limits.maxUpdateBytes);
  if (key === "" || model === "") return `the ${key === "" ? "key" : "model name"} is empty`;
  if (hasLoneSurrogate(key) || hasLoneSurrogate(model)) return "the key or the model name holds half a surrogate pair";
  const keyBytes = encodeUtf8(key).length;
  if (keyBytes > limits.maxKeyBytes) return over("key", keyBytes, limits.maxKeyBytes);
  const modelBytes = encodeUtf8(model).length;
  if (modelBytes > ceilings.modelBytes) return over("model name", modelBytes, ceilings.modelBytes);
  if (facet >= ceilings.facets) return `facet ${facet} is over the limit of ${ceilings.facets - 1}`;
  if (life < 1) return "lives count from 1";
  return condition === null ? null : describeCondition(condition);
}

/** Bytes the change takes in a frame, at most. */
export function maxChangeItemBytes({ key, update, condition }: ChangeItem): number {
  const conditionBytes = condition === null ? 0 : encodeUtf8(JSON.stringify(condition)).length;
  return 64 + key.length * 3 + update.length + conditionBytes;
}

function describeCondition(condition: unknown): string | null {
  const text = JSON.stringify(condition);
  const bytes = encodeUtf8(text).length;
  if (bytes > ceilings.conditionBytes) return over("condition", bytes, ceilings.conditionBytes);
  try {
    parseCondition(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function over(what: string, bytes: number, limit: number): string {
  return `the ${what} of ${bytes} bytes is over the limit of ${limit}`;
}

function readLife(reader: FrameReader): number {
  const life = reader.integer("a change's life");
  if (life === 0) throw reader.malformed("a change's life is 0, lives count from 1");
  return life;
}

function readCondition(reader: FrameReader): unknown {
  const condition = parseCondition(reader.text("a change's condition", ceilings.conditionBytes));
  if (condition === null) throw reader.malformed("a change's condition is null, which is written by leaving it out");
  return condition;
}

function parseCondition(text: string): unknown {
  const where = "push: a change's condition";
  const bounds = { maxDepth: ceilings.jsonDepth, maxNodes: ceilings.jsonNodes };
  return readOpaque(parseJsonText(text, where, bounds), where);
}
