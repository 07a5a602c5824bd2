import { describe, expect, test } from "vitest";
import {
  describeChange,
  describeCount,
  describeRecord,
  describeTime,
  describeValue,
} from "../../src/report/describe.ts";
import type { Page } from "../../src/report/report-edits.ts";
import { reportEdits } from "../../src/report/report-edits.ts";
import { reportEnd } from "../../src/report/report-end.ts";
import { reportOutcome } from "../../src/report/report-outcome.ts";
import type { Written } from "../../src/scenario/edit.ts";
import { outcomeOf } from "../../src/scenario/outcome.ts";
import { createStyle } from "../../src/terminal/style.ts";

const page: Page = { style: createStyle(false), width: 90 };
const record = { model: "Message", id: "message-00412" } as const;
const before = { id: "message-00412", text: "as it was", tags: ["a"] };
const at = new Date(2025, 2, 3, 9, 5, 7, 42).getTime();

const texts: Written[] = [
  { by: "Ana", record, change: { do: "set", field: "text", value: "one" }, at, done: at, isOffline: true },
  { by: "Ben", record, change: { do: "set", field: "text", value: "two" }, at: at + 9, done: at + 9, isOffline: false },
];

describe("words", () => {
  test("DEMO-10 for records, changes, values, counts and times", () => {
    expect(describeRecord(record)).toBe("message 00412");
    expect(describeRecord({ model: "ChatRoom", id: "room-book-club" })).toBe("room book-club");
    expect(describeChange({ do: "set", field: "likes", value: 3 })).toBe("likes = 3");
    expect(describeChange({ do: "add", field: "tags", value: "x" })).toBe('tags + "x"');
    expect(describeChange({ do: "remove", field: "tags", value: "x" })).toBe('tags - "x"');
    expect(describeChange({ do: "delete" })).toBe("deleted");
    expect(describeValue(["user-b", "a"])).toBe("a, b");
    expect(describeValue([])).toBe("nothing");
    expect([1, 2, 999, 1_000, 1_234_567].map((count) => describeCount(count, "page"))).toEqual([
      "1 page",
      "2 pages",
      "999 pages",
      "1,000 pages",
      "1,234,567 pages",
    ]);
    expect(describeTime(at)).toBe("09:05:07.042");
  });
});

describe("reports", () => {
  test("DEMO-10 say who wrote what when, in columns", () => {
    expect(reportEdits(texts, page)).toEqual([
      '   09:05:07.042  Ana        offline  message 00412  text = "one"',
      '   09:05:07.051  Ben                 message 00412  text = "two"',
    ]);
  });

  test("DEMO-5 mark the write that stands and say why", () => {
    const outcome = outcomeOf(record, before, texts);
    expect(reportOutcome({ outcome, before, refused: [] }, page)).toEqual([
      '   message 00412  "as it was"',
      '     text  =  "two"',
      '          09:05:07.042  Ana        offline  "one"',
      '       >  09:05:07.051  Ben                 "two"',
      "          Ben's is later and stands, though what Ana wrote reached the relay after it",
    ]);
  });

  test("DEMO-5 tell of a deletion, and of the edit that the relay refused for it", () => {
    const written: Written[] = [
      { ...texts[1]!, change: { do: "delete" } },
      { ...texts[0]!, at: at + 20 },
    ];
    const outcome = outcomeOf(record, before, written);
    const refused = [{ by: "Ana", message: "it was deleted" }];
    expect(reportOutcome({ outcome, before, refused }, page)).toEqual([
      '   message 00412  "as it was"',
      "     deleted",
      "       >  09:05:07.051  Ben                 deleted",
      '          09:05:07.062  Ana        offline  text = "one"',
      "          Ben deleted it, which wins over what Ana wrote without knowing, however late",
      `          refused() of Ana's app: "it was deleted"`,
    ]);
  });

  test("DEMO-7 end well only without differences and surprises", () => {
    const comparison = { replicas: 5, records: 3_164, differences: [] };
    const good = reportEnd({ comparison, surprises: [] }, page);
    expect([good.isGood, good.lines.at(-1)]).toEqual([true, "converged: 5 replicas, 3164 records, 0 differences"]);

    const odd = reportEnd({ comparison, surprises: ["message 1 is gone"] }, page);
    expect([odd.isGood, odd.lines.slice(1)]).toEqual([
      false,
      ["   message 1 is gone", "converged, but not as the writes say: 5 replicas, 3164 records, 0 differences"],
    ]);

    const difference = { record: "Message x", field: "text", held: { relay: '"1"', Ana: '"2"' } };
    const bad = reportEnd(
      { comparison: { ...comparison, differences: Array(12).fill(difference) }, surprises: [] },
      page,
    );
    expect(bad.isGood).toBe(false);
    expect(bad.lines[1]).toBe('   Message x text: relay "1", Ana "2"');
    expect(bad.lines.slice(-2)).toEqual(["   and 2 more", "not converged: 5 replicas, 3164 records, 12 differences"]);
  });
});
