/**
 * A client process under load: `node load-client.js NAME FILE URL KEY SCHEMA`. FILE is its database, `-` for one in memory.
 *
 * It prints one JSON object a line: `found` with the notes it holds when it starts, `saved` after each save resolved,
 * `settled` when all that was saved before is acknowledged, `final` with all notes after it was told `stop`. Each of its
 * own notes counts upwards in `stars`; to the notes that all clients share it adds words of its own in `tags`.
 *
 * Lines are written synchronously: what was not printed before a kill was not promised.
 */
import { readFileSync, writeSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { createDataStore, type ModelClass, type ModelInstance } from "@tributary/datastore/node";
import { parseSchema } from "@tributary/schema/sdl";

/** What a note holds, as far as the test looks at it. */
export interface HeldNote {
  readonly stars: number;
  readonly tags: readonly string[];
}

export type LoadLine =
  | { readonly type: "found" | "final"; readonly notes: Readonly<Record<string, HeldNote>>; readonly refused: number }
  | { readonly type: "saved"; readonly id: string; readonly stars?: number; readonly tag?: string }
  /** `saves`: how many `saved` lines of this process start are acknowledged. */
  | { readonly type: "settled"; readonly saves: number };

const OWN_NOTES = 5;
const SHARED_NOTES = 2;
const BURST = 12;
/** A burst is waited for this long; offline, the next one follows unacknowledged. */
const PATIENCE_MS = 150;
/** Between bursts: lists that grow without end would make this a test of long lists. */
const PAUSE_MS = 40;

const pause = (ms: number): Promise<"late"> => new Promise((resolve) => setTimeout(resolve, ms, "late"));

const [name = "", file = "", url = "", apiKey = "", schemaFile = ""] = process.argv.slice(2);

function print(line: LoadLine): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

const store = createDataStore({
  schema: parseSchema(readFileSync(schemaFile, "utf8")),
  url,
  auth: { apiKey },
  ...(file === "-" ? {} : { path: file }),
});

function noteClass(): ModelClass {
  const { Note } = store.models;
  if (Note === undefined) throw new Error("the schema has no Note");
  return Note;
}

async function report(type: "found" | "final"): Promise<void> {
  const notes: Record<string, HeldNote> = {};
  for (const note of await store.query(noteClass())) {
    notes[String(note.id)] = { stars: Number(note.stars ?? 0), tags: (note.tags ?? []) as readonly string[] };
  }
  print({ type, notes, refused: (await store.refused()).length });
}

async function change(id: string, mutate: (note: ModelInstance | undefined) => Record<string, unknown>): Promise<void> {
  const Note = noteClass();
  const note = await store.query(Note, id);
  const fields = mutate(note);
  const next =
    note === undefined
      ? new Note({ id, title: "shared by all", ...fields })
      : Note.copyOf(note, (draft) => void Object.assign(draft, fields));
  await store.save(next);
}

let isTold = false;
let saves = 0;

async function burst(): Promise<void> {
  for (let i = 0; i < BURST && !isTold; i++) {
    saves += 1;
    if (i % 3 === 0) {
      const id = `shared-${saves % SHARED_NOTES}`;
      const tag = `${name}-${process.pid}-${saves}`;
      await change(id, (note) => ({ tags: [...((note?.tags ?? []) as string[]), tag] }));
      print({ type: "saved", id, tag });
    } else {
      const id = `${name}-${saves % OWN_NOTES}`;
      let stars = 0;
      await change(id, (note) => {
        stars = Number(note?.stars ?? 0) + 1;
        return { stars };
      });
      print({ type: "saved", id, stars });
    }
  }
}

async function run(): Promise<void> {
  await store.start();
  await report("found");
  while (!isTold) {
    await burst();
    const before = saves;
    if ((await Promise.race([store.settled(), pause(PATIENCE_MS)])) !== "late")
      print({ type: "settled", saves: before });
    await pause(PAUSE_MS);
  }
  await store.settled();
}

createInterface({ input: process.stdin }).on("line", (line) => {
  if (line === "stop") isTold = true;
  if (line === "report") void report("final");
  if (line === "end") void store.stop().then(() => process.exit(0));
});

// A reader writes nothing: it waits until it is told.
if (name === "reader") {
  await store.start();
  await store.settled();
} else {
  await run();
}
print({ type: "settled", saves });
