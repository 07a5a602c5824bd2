import { describe, expect, test } from "vitest";
import { type Chat, generateChat } from "../../src/chat/generate-chat.ts";
import { cast } from "../../src/chat/people.ts";
import type { Edit, FieldValue, Values } from "../../src/scenario/edit.ts";
import { type Script, writeScript } from "../../src/scenario/write-script.ts";
import { generatedRecord } from "../../src/story/telling.ts";

const seeds = Array.from({ length: 150 }, (_, index) => index * 7_919);
const scripts: { seed: number; chat: Chat; script: Script }[] = seeds.map((seed) => {
  const chat = generateChat(seed, 400);
  return { seed, chat, script: writeScript(seed, chat) };
});

const nameOf = ({ record }: Edit): string => `${record.model} ${record.id}`;

function editsByRecord(edits: readonly Edit[]): Edit[][] {
  const byRecord = new Map<string, Edit[]>();
  for (const edit of edits) byRecord.set(nameOf(edit), [...(byRecord.get(nameOf(edit)) ?? []), edit]);
  return [...byRecord.values()];
}

const writersOf = (edits: readonly Edit[]): string[] => [...new Set(edits.map((edit) => edit.by))];
const fieldOf = ({ change }: Edit): string => (change.do === "delete" ? "" : change.field);

describe("a script", () => {
  test("DEMO-3 is the same for the same seed, and another for another", () => {
    const chat = generateChat(1, 400);
    expect(writeScript(5, chat)).toEqual(writeScript(5, chat));
    expect(writeScript(6, chat).apart).not.toEqual(writeScript(5, chat).apart);
  });

  test("DEMO-3 holds every kind of contest, whatever the seed", () => {
    for (const { seed, script } of scripts) {
      expect([...script.offline, ...script.online].toSorted(), `seed ${seed}`).toEqual([...cast]);
      expect(script.online, `seed ${seed}`).toContain(script.killed);
      const isOffline = (edit: Edit): boolean => script.offline.some((name) => name === edit.by);
      const contests = editsByRecord(script.apart);
      const isBothSides = (edits: readonly Edit[]): boolean => edits.some(isOffline) && !edits.every(isOffline);
      const kinds = {
        sameField: contests.some(
          (edits) => isBothSides(edits) && new Set(edits.map(fieldOf)).size === 1 && edits[0]?.change.do === "set",
        ),
        differentFields: contests.some(
          (edits) => writersOf(edits).length > 2 && new Set(edits.map(fieldOf)).size === edits.length,
        ),
        list: contests.some(
          (edits) =>
            edits.some(({ change }) => change.do === "add") && edits.some(({ change }) => change.do === "remove"),
        ),
        deletedOnline: contests.some(
          (edits) => isBothSides(edits) && edits.some((edit) => edit.change.do === "delete" && !isOffline(edit)),
        ),
        deletedOffline: contests.some(
          (edits) => isBothSides(edits) && edits.some((edit) => edit.change.do === "delete" && isOffline(edit)),
        ),
        allFour: contests.some((edits) => writersOf(edits.filter((edit) => fieldOf(edit) === "topic")).length === 4),
        withoutRelay:
          writersOf(script.withoutRelay).length === 3 && !writersOf(script.withoutRelay).includes(script.killed),
      };
      expect(
        Object.entries(kinds).filter(([, holds]) => !holds),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });

  test("DEMO-4 changes something with each edit, whoever sees what of the edits before", () => {
    for (const { seed, chat, script } of scripts) {
      const edits: Edit[] = [...script.apart, ...script.withoutRelay, script.overGraphql];
      for (const contest of editsByRecord(edits)) {
        const record: Values = generatedRecord(chat, contest[0]?.record ?? { model: "Message", id: "" });
        const valuesByField = new Map<string, FieldValue[]>();
        for (const { change } of contest) {
          if (change.do === "delete") continue;
          const before = record[change.field] ?? null;
          const known = valuesByField.get(change.field) ?? (Array.isArray(before) ? [...before] : [before]);
          const isKnown = known.some((value) => JSON.stringify(value) === JSON.stringify(change.value));
          expect(isKnown, `seed ${seed} ${JSON.stringify(change)}`).toBe(change.do === "remove");
          expect(change.value, `seed ${seed}`).not.toBe("");
          valuesByField.set(change.field, [...known, change.value]);
        }
      }
    }
  });

  test("DEMO-4 has nobody edit what they could have heard to be deleted", () => {
    for (const { seed, script } of scripts) {
      const isOnline = (edit: Edit): boolean => script.online.some((name) => name === edit.by);
      for (const contest of editsByRecord([...script.apart, ...script.withoutRelay])) {
        const index = contest.findIndex(({ change }) => change.do === "delete");
        if (index < 0) continue;
        const [deletion, ...later] = contest.slice(index);
        const knowing = later.filter(
          (edit) => edit.by === deletion?.by || (deletion && isOnline(deletion) && isOnline(edit)),
        );
        expect(knowing, `seed ${seed}`).toEqual([]);
      }
    }
  });

  test("DEMO-4 types messages that are new, in rooms that exist", () => {
    const { chat, script } = scripts[3]!;
    const typed = cast.flatMap((name) => script.typed[name]);
    const ids = new Set([...chat.messages, ...typed].map((message) => message.id));
    expect(ids.size).toBe(chat.messages.length + typed.length);
    expect(typed.length).toBeGreaterThanOrEqual(80);
    const rooms = new Set(chat.rooms.map((room) => room.id));
    expect(typed.filter((message) => !rooms.has(message.roomId))).toEqual([]);
  });
});
