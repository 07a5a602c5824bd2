/**
 * What fits: a client asks before it sends, so that a change over a limit is refused at home instead of costing the session
 * again and again.
 */
import { ceilings } from "../ceilings.ts";
import type { Limits } from "../limits.ts";
import { describeMisfit, maxChangeItemBytes } from "./change-item.ts";
import type { PushItem } from "./push.ts";

/** Bytes of a push frame beside its items and model names. */
const frameOverhead = 128;

/** Bytes that `item` takes in a push frame, at most: what a client adds up while it fills a frame of `maxFrameBytes`. */
export function maxPushItemBytes({ changes }: PushItem): number {
  let bytes = 16;
  const models = new Set<string>();
  for (const change of changes) {
    bytes += maxChangeItemBytes(change);
    models.add(change.model);
  }
  return bytes + models.size * (ceilings.modelBytes + 2);
}

/** Why no frame can bring `item` to a relay with these limits, as a sentence for its author; null when one can. */
export function describeOverLimit(item: PushItem, limits: Limits): string | null {
  const { changes } = item;
  if (changes.length === 0) return "a push has no changes";
  if (changes.length > limits.maxChangesPerPush) {
    return `${changes.length} changes in one push are over the limit of ${limits.maxChangesPerPush}`;
  }
  for (const change of changes) {
    const problem = describeMisfit(change, limits);
    if (problem !== null) return `${change.model}: ${problem}`;
  }
  const bytes = maxPushItemBytes(item) + frameOverhead;
  return bytes > limits.maxFrameBytes ? `a push of ${bytes} bytes is over the limit of ${limits.maxFrameBytes}` : null;
}
