/**
 * What one turn committed, ready for any number of sessions: each change is judged once a scope and encoded once a view, and
 * sessions that saw all before and handed in none of it share one frame.
 */
import { encodeTurn } from "@tributary/protocol";
import { modelNamed, type SchemaDescription } from "@tributary/schema";
import { createEncodedChange, type EncodedChange, type View } from "./change-encoder.ts";
import type { Committed } from "./commit-pipeline.ts";
import type { Scope } from "./scope.ts";

export interface TurnDelivery {
  readonly committed: readonly Committed[];
  /** Sequence numbers of the turn; both 0 when it committed nothing. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** The messages for a scope behind `afterSeq`, without those of changes that `source` handed in. */
  messages(scope: Scope, source: unknown, afterSeq: number): readonly Uint8Array[];
  /** The frame of all changes for a scope, with a cursor at the end of the turn; null when it sees none of them. */
  frame(scope: Scope, cursor: () => string): SharedFrame | null;
}

export interface SharedFrame {
  readonly bytes: Uint8Array;
  readonly changes: number;
}

interface SeenChange {
  readonly change: EncodedChange;
  readonly view: View;
}

export function createTurnDelivery(schema: SchemaDescription, committed: readonly Committed[]): TurnDelivery {
  const numbers = new Map(schema.models.map((model, i) => [model.name, i]));
  /** Made when somebody is to see some of it: often those who hear of a turn are those who wrote it. */
  let changes: readonly EncodedChange[] | null = null;
  const seenByScope = new Map<string, readonly SeenChange[]>();
  const frames = new Map<string, SharedFrame | null>();

  const seenBy = (scope: Scope): readonly SeenChange[] => {
    let seen = seenByScope.get(scope.hash);
    if (seen === undefined) {
      changes ??= committed.map((change) => createEncodedChange(change, numbers.get(change.after.model) ?? 0));
      seen = changes.flatMap((change) => seenChange(schema, scope, change));
      seenByScope.set(scope.hash, seen);
    }
    return seen;
  };

  return {
    committed,
    firstSeq: committed[0]?.after.seq ?? 0,
    lastSeq: committed.at(-1)?.after.seq ?? 0,
    messages: (scope, source, afterSeq) =>
      seenBy(scope).flatMap(({ change, view }) => {
        const { after, source: author } = change.committed;
        return author === source || after.seq <= afterSeq ? [] : change.messages(view);
      }),
    frame(scope, cursor) {
      let frame = frames.get(scope.hash);
      if (frame === undefined) {
        const messages = seenBy(scope).flatMap(({ change, view }) => change.messages(view));
        frame = messages.length === 0 ? null : sharedFrame(messages, cursor());
        frames.set(scope.hash, frame);
      }
      return frame;
    },
  };
}

function sharedFrame(messages: readonly Uint8Array[], cursor: string): SharedFrame {
  return { bytes: encodeTurn({ answers: [], changes: messages, cursor, more: false }), changes: messages.length };
}

/** Judged before and after (F5). */
function seenChange(schema: SchemaDescription, scope: Scope, change: EncodedChange): readonly SeenChange[] {
  const { before, after } = change.committed;
  const model = modelNamed(schema, after.model);
  if (model === undefined || !scope.canSeeSome(model)) return [];
  const couldSee = before !== null && scope.canSee(model, before.values);
  const canSee = scope.canSee(model, after.values);
  const view: View | null = canSee ? (couldSee ? "stay" : "enter") : couldSee ? "leave" : null;
  return view === null ? [] : [{ change, view }];
}
