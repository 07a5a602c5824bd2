import { describe, expect, test } from "vitest";
import type { Change, RecordRef, Writer, Written } from "../../src/scenario/edit.ts";
import { outcomeOf } from "../../src/scenario/outcome.ts";

const record: RecordRef = { model: "Message", id: "message-1" };
const before = { id: "message-1", text: "as it was", likes: 2, tags: ["old", "gone"] };

function written(...steps: readonly (readonly [Writer, "on" | "off", Change])[]): Written[] {
  return steps.map(([by, line, change], index) => ({
    by,
    record,
    change,
    at: 1_000 + 10 * index,
    done: 1_001 + 10 * index,
    isOffline: line === "off",
  }));
}

const set = (field: string, value: string | number): Change => ({ do: "set", field, value });

describe("what a record must end as", () => {
  test("DEMO-5 a field ends as its latest write, wherever it was made", () => {
    const offlineFirst = written(["Ana", "off", set("text", "a")], ["Ben", "on", set("text", "b")]);
    expect(outcomeOf(record, before, offlineFirst)).toMatchObject({
      fields: [
        {
          field: "text",
          value: "b",
          winner: { by: "Ben" },
          reason: "Ben's is later and stands, though what Ana wrote reached the relay after it",
        },
      ],
    });
    const offlineLast = written(["Ben", "on", set("text", "b")], ["Ana", "off", set("text", "a")]);
    expect(outcomeOf(record, before, offlineLast)).toMatchObject({
      fields: [{ value: "a", winner: { by: "Ana" }, reason: "Ana's is later and stands" }],
    });
    expect(outcomeOf(record, before, offlineFirst.toReversed())).toEqual(outcomeOf(record, before, offlineFirst));
  });

  test("DEMO-5 fields are decided each for itself", () => {
    const writes = written(
      ["Ana", "off", set("text", "a")],
      ["Ben", "on", set("likes", 3)],
      ["Help desk", "on", set("text", "h")],
    );
    expect(outcomeOf(record, before, writes)).toMatchObject({
      isDeleted: false,
      fields: [
        { field: "text", value: "h", reason: expect.stringMatching(/^The help desk's is later/) },
        { field: "likes", value: 3, reason: "nobody else wrote it" },
      ],
    });
  });

  test("DEMO-5 a list keeps what was added and loses what was taken out", () => {
    const writes = written(
      ["Ana", "off", { do: "add", field: "tags", value: "new" }],
      ["Ben", "on", { do: "remove", field: "tags", value: "gone" }],
      ["Cleo", "off", { do: "add", field: "tags", value: "more" }],
    );
    expect(outcomeOf(record, before, writes)).toMatchObject({
      fields: [
        {
          field: "tags",
          isList: true,
          value: ["more", "new", "old"],
          winner: null,
          reason: "everything Ana and Cleo added is kept, what Ben took out is gone",
        },
      ],
    });
  });

  test("DEMO-5 a deletion stands before edits, also before later ones", () => {
    const earlier = written(["Ana", "on", set("text", "a")], ["Ben", "off", { do: "delete" }]);
    expect(outcomeOf(record, before, earlier)).toMatchObject({
      isDeleted: true,
      reason: "Ben deleted it, which wins over what Ana wrote without knowing",
    });
    const later = written(["Ben", "on", { do: "delete" }], ["Ana", "off", set("text", "a")]);
    expect(outcomeOf(record, before, later)).toMatchObject({
      isDeleted: true,
      reason: "Ben deleted it, which wins over what Ana wrote without knowing, however late",
    });
  });

  test("DEMO-5 edits of other records do not count", () => {
    const other: Written[] = written(["Ana", "on", { do: "delete" }]).map((one) => ({
      ...one,
      record: { model: "Message", id: "message-2" },
    }));
    expect(outcomeOf(record, before, other)).toEqual({ record, isDeleted: false, fields: [] });
  });
});
