/**
 * A process that commits to a relay's store: `relay-committer.mjs FILE CLOCK_SKEW_MS COMMITS`. Several are started on one file.
 *
 * Each commit counts up the stars of a note. What was committed, and which times were handed out, is told on stdout, a JSON
 * line each: `{seq, key, version, at}` or `{startedAt, headSeq}`.
 */
import { randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { createDocument, keyOf, keyValues, makeStamp, projectRow } from "@tributary/model";
import { modelNamed } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { openRelayStore } from "@tributary/storage";
import { createSqliteAdapter } from "@tributary/storage/sqlite";

const [file, skew, commits] = process.argv.slice(2);
const schema = parseSchema("type Note @model @auth(rules: [{ allow: public }]) { id: ID! stars: Int }");
const model = modelNamed(schema, "Note");
const now = () => Date.now() + Number(skew);
const store = await openRelayStore({
  adapter: createSqliteAdapter({ file, synchronous: "FULL", busyTimeoutMs: 30_000 }),
  schema,
  keyOf,
  keyValues,
  randomHex: (bytes) => randomBytes(bytes).toString("hex"),
  now,
});
let clock = store.clockFloor;
const tell = (line) => writeSync(1, `${JSON.stringify(line)}\n`);

/** Without it one process would commit in long runs while the others wait for the file's lock. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

async function countUp(key) {
  for (;;) {
    const [before] = await store.records("Note", [key]);
    clock = Math.max(clock, now());
    const at = Math.max(clock, (await store.head()).at);
    const stars = (before?.values.stars ?? 0) + 1;
    const intent = { op: "create", stamp: makeStamp(at, 0, 1), set: { id: key, stars }, lists: {} };
    const { state, update, fold } = createDocument(model, 0, intent, 1);
    const version = (before?.version ?? 0) + 1;
    const createdAt = before?.createdAt ?? at;
    const values = projectRow(model, [fold], { createdAt, changedAt: at });
    const after = {
      model: "Note",
      key,
      values,
      life: 1,
      version,
      seq: 0,
      changedAt: at,
      createdAt,
      isDeleted: false,
      documents: [state],
    };
    const operation = before === null ? "create" : "update";
    const change = { after, facet: 0, operation, principal: store.start, update };
    const result = await store.commit({
      at,
      changes: [change],
      records: [{ before, after, lastChange: 0 }],
      replicas: [],
      deltasBefore: 0,
    });
    if (result.outcome === "committed") return { seq: result.firstSeq, key, version, at };
    // Another process won: let it go on before trying again.
    await pause();
  }
}

tell({ ready: store.start });
for (let i = 0; i < Number(commits); i++) {
  tell(await countUp(`k${i % 3}`));
  if (i % 5 === 0) {
    // A little later than any commit so far, as times that are handed out mostly are.
    clock = Math.max(clock, now()) + 5;
    await store.leaseClock(clock);
    tell({ startedAt: clock, headSeq: (await store.head()).seq });
  }
  await pause();
}
await store.close();
