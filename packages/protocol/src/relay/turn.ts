/**
 * What one turn of the relay brought for this session: answers to its pushes, and changes it may see.
 *
 * The cursor covers all that the turn holds and all before it, the session's own acknowledged pushes included. It is null when
 * the turn only answers and the feed did not move.
 */
import { ceilings } from "../ceilings.ts";
import { relayKind } from "../message-kind.ts";
import { FrameReader } from "../wire/frame-reader.ts";
import { FrameWriter } from "../wire/frame-writer.ts";
import { type Answer, estimateAnswerBytes, minAnswerBytes, readAnswer, writeAnswer } from "./answer.ts";
import { type Change, minChangeBytes, readChange } from "./change.ts";

export interface Turn {
  readonly type: "turn";
  readonly answers: readonly Answer[];
  /** In commit order. Updates are views into the frame. */
  readonly changes: readonly Change[];
  readonly cursor: string | null;
  /** Catch-up goes on behind this turn, which costs a credit. */
  readonly more: boolean;
}

/** A turn whose changes `encodeChange` made. */
export interface EncodedTurn {
  readonly answers: readonly Answer[];
  readonly changes: readonly Uint8Array[];
  readonly cursor: string | null;
  readonly more: boolean;
}

const hasCursor = 1;
const hasMore = 2;

/** The frame of a turn: the changes are copied as they are, so that a change shared by sessions is encoded once. */
export function encodeTurn({ answers, changes, cursor, more }: EncodedTurn): Uint8Array {
  const writer = new FrameWriter(turnBytes(answers, changes, cursor));
  writer.byte(relayKind.turn);
  writer.byte((cursor === null ? 0 : hasCursor) | (more ? hasMore : 0));
  if (cursor !== null) writer.text(cursor);
  writer.integer(answers.length);
  for (const answer of answers) writeAnswer(writer, answer);
  writer.integer(changes.length);
  for (const change of changes) writer.raw(change);
  return writer.finish();
}

export function readTurn(frame: Uint8Array): Turn {
  const reader = new FrameReader(frame, "turn");
  const flags = reader.flags("flags", hasCursor | hasMore);
  const cursor = (flags & hasCursor) === 0 ? null : reader.name("cursor", ceilings.cursorBytes);
  const answers: Answer[] = [];
  const answerCount = reader.count("answers", minAnswerBytes, Number.MAX_SAFE_INTEGER);
  for (let i = 0; i < answerCount; i++) answers.push(readAnswer(reader));
  const changes: Change[] = [];
  const changeCount = reader.count("changes", minChangeBytes, Number.MAX_SAFE_INTEGER);
  for (let i = 0; i < changeCount; i++) changes.push(readChange(reader));
  reader.end();
  return { type: "turn", answers, changes, cursor, more: (flags & hasMore) !== 0 };
}

function turnBytes(answers: readonly Answer[], changes: readonly Uint8Array[], cursor: string | null): number {
  let bytes = 16 + (cursor?.length ?? 0);
  for (const answer of answers) bytes += estimateAnswerBytes(answer);
  for (const change of changes) bytes += change.length;
  return bytes;
}
