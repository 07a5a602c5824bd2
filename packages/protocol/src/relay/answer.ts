/** What became of a push. Every push gets exactly one answer, also when it is sent again. */
import { ceilings } from "../ceilings.ts";
import { cutText } from "../wire/cut-text.ts";
import type { FrameReader } from "../wire/frame-reader.ts";
import type { FrameWriter } from "../wire/frame-writer.ts";

export type Answer =
  | {
      /** Committed and durable. */
      readonly kind: "ack";
      readonly n: number;
      /** One a change, in order. */
      readonly results: readonly AckResult[];
    }
  | {
      /** Nothing of the push was stored. */
      readonly kind: "refused";
      readonly n: number;
      /** The change at fault. */
      readonly index: number;
      readonly code: RefusalCode;
      /** For the app's developer. */
      readonly message: string;
      /** Fields at fault; empty when the record as a whole is. */
      readonly fields: readonly string[];
      /** True: nothing was meant wrong, replay it. False: it leaves the outbox for the refused list. */
      readonly replay: boolean;
      /** How long to wait before the replay, in ms; 0 for not at all. */
      readonly retryAfterMs: number;
      /** The relay's clock at the refusal: ms since 1970; 0 when not told. */
      readonly timeMs: number;
    }
  | {
      /** The update builds on structs that the relay does not hold. Nothing of the push was stored. */
      readonly kind: "gap";
      readonly n: number;
      /** The change at fault. */
      readonly index: number;
      /** Yjs state vector of the document as the relay holds it. A view into the frame. */
      readonly stateVector: Uint8Array;
    };

export interface AckResult {
  /** `_version`; 0 when nothing is told, because the record is gone for this session: the times mean nothing then. */
  readonly version: number;
  /** `_lastChangedAt`: ms since 1970. */
  readonly at: number;
  /** Creation of this life: ms since 1970. */
  readonly createdAt: number;
}

export type RefusalCode = (typeof refusalCodes)[number];

/** Place in this list is the number on the wire. */
export const refusalCodes = [
  "unauthorized",
  "invalid",
  "deleted",
  "life",
  "condition",
  "stale",
  "drift",
  "clientId",
  "unknownModel",
  "unknownField",
  "tooLarge",
  "malformed",
  "regression",
  "dependency",
  "busy",
  "gone",
] as const;

/** A gap with an empty state vector: kind, n, index, length. */
export const minAnswerBytes = 3;
const minResultBytes = 3;

const ack = 0;
const refused = 1;
const gap = 2;

export function writeAnswer(writer: FrameWriter, answer: Answer): void {
  switch (answer.kind) {
    case "ack":
      writer.byte(ack);
      writer.integer(answer.n);
      writer.integer(answer.results.length);
      for (const { version, at, createdAt } of answer.results) {
        writer.integer(version);
        writer.integer(at);
        writer.integer(createdAt);
      }
      return;
    case "refused":
      writer.byte(refused);
      writer.integer(answer.n);
      writer.integer(answer.index);
      writer.byte(refusalCodes.indexOf(answer.code));
      writer.text(cutText(answer.message, ceilings.messageUnits));
      writeFields(writer, answer.fields);
      writer.byte(answer.replay ? 1 : 0);
      writer.integer(answer.retryAfterMs);
      writer.integer(answer.timeMs);
      return;
    case "gap":
      writer.byte(gap);
      writer.integer(answer.n);
      writer.integer(answer.index);
      writer.bytes(answer.stateVector);
  }
}

/** Bytes the answer takes in a turn, as far as that can be told without encoding it. */
export function estimateAnswerBytes(answer: Answer): number {
  switch (answer.kind) {
    case "ack":
      return 16 + answer.results.length * 20;
    case "refused":
      return 64 + answer.message.length + answer.fields.length * 32;
    case "gap":
      return 24 + answer.stateVector.length;
  }
}

export function readAnswer(reader: FrameReader): Answer {
  const kind = reader.byte("an answer's kind");
  const n = reader.integer("an answer's n");
  switch (kind) {
    case ack:
      return { kind: "ack", n, results: readResults(reader) };
    case refused:
      return {
        kind: "refused",
        n,
        index: reader.integer("a refusal's index"),
        code: readCode(reader),
        message: reader.text("a refusal's message", 3 * ceilings.messageUnits),
        fields: readFields(reader),
        replay: reader.flags("a refusal's flags", 1) === 1,
        retryAfterMs: reader.integer("a refusal's pause"),
        timeMs: reader.integer("a refusal's time"),
      };
    case gap:
      return {
        kind: "gap",
        n,
        index: reader.integer("a gap's index"),
        stateVector: reader.bytes("a gap's state vector", ceilings.relayFrameBytes),
      };
    default:
      throw reader.malformed(`an answer is of unknown kind ${kind}`);
  }
}

function readResults(reader: FrameReader): AckResult[] {
  const results: AckResult[] = [];
  const count = reader.count("results", minResultBytes, Number.MAX_SAFE_INTEGER);
  for (let i = 0; i < count; i++) {
    results.push({
      version: reader.integer("a result's version"),
      at: reader.integer("a result's time"),
      createdAt: reader.integer("a result's creation"),
    });
  }
  return results;
}

function readCode(reader: FrameReader): RefusalCode {
  const place = reader.byte("a refusal's code");
  const code = refusalCodes[place];
  if (code === undefined) throw reader.malformed(`a refusal's code ${place} is unknown`);
  return code;
}

/** Names that a change should not have held can be of any length and number. */
function writeFields(writer: FrameWriter, fields: readonly string[]): void {
  const named = fields.slice(0, ceilings.fields);
  writer.integer(named.length);
  for (const field of named) writer.text(cutText(field, ceilings.fieldUnits));
}

function readFields(reader: FrameReader): string[] {
  const fields: string[] = [];
  const count = reader.count("fields", 1, ceilings.fields);
  for (let i = 0; i < count; i++) fields.push(reader.text("a field's name", 3 * ceilings.fieldUnits));
  return fields;
}
