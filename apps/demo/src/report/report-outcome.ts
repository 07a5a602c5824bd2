/** What a contested record ended as, and why. */
import type { Change, FieldValue, Values, Written } from "../scenario/edit.ts";
import type { FieldOutcome, Outcome } from "../scenario/outcome.ts";
import { type Cell, columns, fit } from "../terminal/columns.ts";
import { describeChange, describeCount, describeRecord, describeValue } from "./describe.ts";
import { type Page, writerCells } from "./report-edits.ts";

export interface TitledOutcome {
  readonly outcome: Outcome;
  /** The record before anybody touched it. */
  readonly before: Values;
  /** Edits of it that the relay refused, and what it said. */
  readonly refused: readonly { readonly by: string; readonly message: string }[];
}

const FIELD_INDENT = 5;
const WRITE_INDENT = 7;
/** Under the times of the writes. */
const REASON_INDENT = 10;
/** Longer lists are counted. */
const LISTED_VALUES = 8;

export function reportOutcome({ outcome, before, refused }: TitledOutcome, page: Page): string[] {
  const { style, width } = page;
  const title = [
    { text: describeRecord(outcome.record), style: style.cyan },
    { text: describeValue(before.text ?? before.name ?? null), style: style.dim },
  ];
  const lines = columns([title], 3, width);
  if (!outcome.isDeleted) return [...lines, ...outcome.fields.flatMap((field) => reportField(field, page))];
  return [
    ...lines,
    ...columns([[{ text: "deleted", style: style.red }]], FIELD_INDENT, width),
    ...outcome.writes.flatMap((one) => reportWrite(one, one.change.do === "delete", describeChange(one.change), page)),
    ...reportReason(outcome.reason, page),
    ...refused.flatMap(({ by, message }) => reportReason(`refused() of ${by}'s app: "${message}"`, page)),
  ];
}

function reportField(outcome: FieldOutcome, page: Page): string[] {
  const { field, isList, writes, winner, reason } = outcome;
  const { style, width } = page;
  const head = [{ text: field, style: style.bold }, { text: "=" }, { text: shownValue(outcome), style: style.green }];
  const lines = columns([head], FIELD_INDENT, width);
  const [first] = writes;
  if (first !== undefined && writes.length === 1) return [...lines, ...reportWrite(first, true, reason, page)];
  const stands = (one: Written): boolean => (isList ? one.change.do === "add" : one === winner);
  return [
    ...lines,
    ...writes.flatMap((one) => reportWrite(one, stands(one), shownChange(one.change), page)),
    ...reportReason(reason, page),
  ];
}

function reportWrite(one: Written, stands: boolean, what: string, { style, width }: Page): string[] {
  const cells: Cell[] = [
    { text: stands ? ">" : " ", style: style.green },
    ...writerCells(one, style),
    stands ? { text: what } : { text: what, style: style.dim },
  ];
  return columns([cells], WRITE_INDENT, width);
}

function reportReason(text: string, { style, width }: Page): string[] {
  return [`${" ".repeat(REASON_INDENT)}${style.dim(fit(text, width - REASON_INDENT))}`];
}

/** A change below the name of the field it is about. */
function shownChange(change: Change): string {
  if (change.do === "delete") return "deleted";
  const value = describeValue(change.value);
  return change.do === "set" ? value : `${change.do === "add" ? "+" : "-"} ${value}`;
}

function shownValue({ value, writes }: FieldOutcome): string {
  if (!Array.isArray(value) || value.length <= LISTED_VALUES) return describeValue(value);
  const added: FieldValue[] = writes.flatMap(({ change }) => (change.do === "add" ? [change.value] : []));
  return `${describeCount(value.length, "value")}, among them ${describeValue(added)}`;
}
