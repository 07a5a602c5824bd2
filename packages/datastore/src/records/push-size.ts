/** How large pushes may be that the relay takes as one, estimated before they are encoded. */
import { defaultLimits } from "@tributary/protocol";
import type { OutboxEntry } from "@tributary/storage";

/** Bytes of a push besides keys and updates, for each change: names, numbers, lengths. */
const CHANGE_HEAD_BYTES = 64;
/** Of a character in UTF-8, surrogate pairs being two. */
const MOST_CHARACTER_BYTES = 3;

/** Half of what a frame takes: an estimate may be that far off. */
export const maxPushBytes: number = defaultLimits.maxFrameBytes / 2;

export const maxChangesPerPush: number = defaultLimits.maxChangesPerPush;

/** Bytes that the change takes in a push, at most. */
export function pushBytesOf({ model, key, update }: OutboxEntry): number {
  return CHANGE_HEAD_BYTES + MOST_CHARACTER_BYTES * (model.length + key.length) + update.byteLength;
}
