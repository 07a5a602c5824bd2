/**
 * Writes of a replica. A push item is accepted or refused whole; items of one frame stand for themselves.
 *
 * Body: settled, nonce, the names of the models in order of first use, then the items; a change names its model by its
 * place in that list. Updates of a decoded push are views into the frame.
 */
import { ceilings } from "../ceilings.ts";
import type { Limits } from "../limits.ts";
import { clientKind } from "../message-kind.ts";
import { FrameReader } from "../wire/frame-reader.ts";
import { FrameWriter } from "../wire/frame-writer.ts";
import { type ChangeItem, minChangeItemBytes, readChangeItem, writeChangeItem } from "./change-item.ts";

export interface Push {
  readonly type: "push";
  /** The replica holds the answers of all pushes up to this number; the relay forgets the refusals among them. */
  readonly settled: number;
  /** Drawn at the start of the process that sends. */
  readonly nonce: string;
  /** In strictly increasing order of `n`, all above `settled`. Empty to say no more than what is settled. */
  readonly pushes: readonly PushItem[];
}

/** One intent of the outbox: one to many changes, accepted or refused whole. */
export interface PushItem {
  readonly n: number;
  readonly changes: readonly ChangeItem[];
}

const minPushItemBytes = 2 + minChangeItemBytes;
const minModelBytes = 2;

export function encodePush(push: Push): Uint8Array {
  const writer = new FrameWriter(pushBytes(push));
  writer.byte(clientKind.push);
  writer.integer(push.settled);
  writer.text(push.nonce);
  const places = placesOfModels(push.pushes);
  writer.integer(places.size);
  for (const model of places.keys()) writer.text(model);
  writer.integer(push.pushes.length);
  for (const { n, changes } of push.pushes) {
    writer.integer(n);
    writer.integer(changes.length);
    for (const change of changes) writeChangeItem(writer, change, places.get(change.model) ?? 0);
  }
  return writer.finish();
}

export function readPush(frame: Uint8Array, limits: Limits): Push {
  const reader = new FrameReader(frame, "push");
  const settled = reader.integer("settled");
  const nonce = reader.name("nonce", ceilings.nonceBytes);
  const models: string[] = [];
  const modelCount = reader.count("models", minModelBytes, ceilings.models);
  for (let i = 0; i < modelCount; i++) models.push(reader.name("a model's name", ceilings.modelBytes));
  const pushCount = reader.count("pushes", minPushItemBytes, limits.maxPushesPerFrame);
  const pushes: PushItem[] = new Array(pushCount);
  let lastN = settled;
  for (let i = 0; i < pushCount; i++) {
    const n = reader.integer("a push's n");
    if (n <= lastN) throw reader.malformed(`push ${n} does not follow ${lastN}`);
    lastN = n;
    pushes[i] = { n, changes: readChanges(reader, models, limits) };
  }
  reader.end();
  return { type: "push", settled, nonce, pushes };
}

function readChanges(reader: FrameReader, models: readonly string[], limits: Limits): ChangeItem[] {
  const count = reader.count("changes", minChangeItemBytes, limits.maxChangesPerPush);
  if (count === 0) throw reader.malformed("a push has no changes");
  const changes: ChangeItem[] = new Array(count);
  for (let i = 0; i < count; i++) changes[i] = readChangeItem(reader, models, limits);
  return changes;
}

function placesOfModels(pushes: readonly PushItem[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const { changes } of pushes) {
    for (const { model } of changes) {
      if (!places.has(model)) places.set(model, places.size);
    }
  }
  return places;
}

/** An estimate that holds for keys in ASCII; a writer grows when it is short. */
function pushBytes(push: Push): number {
  let bytes = 256;
  for (const { changes } of push.pushes) {
    bytes += 12;
    for (const { key, update, condition } of changes)
      bytes += 24 + key.length + update.length + (condition === null ? 0 : 512);
  }
  return bytes;
}
