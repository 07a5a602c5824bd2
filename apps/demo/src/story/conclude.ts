/** What everything ended as and why, the same over GraphQL, and whether all five replicas hold the same. */
import { type SyncAnswer, type SyncedRecord, syncFieldOf, syncModel } from "../graphql/sync-query.ts";
import type { Device } from "../processes/device.ts";
import { type Comparison, canonical, compareReplicas, type Replica } from "../replicas/compare-replicas.ts";
import { describeCount, describeRecord, describeValue } from "../report/describe.ts";
import { reportOutcome } from "../report/report-outcome.ts";
import { reportSynced } from "../report/report-synced.ts";
import type { FieldValue, ModelName, RecordRef, Values } from "../scenario/edit.ts";
import { type Outcome, outcomeOf } from "../scenario/outcome.ts";
import { generatedRecord, type Telling } from "./telling.ts";

const models: readonly ModelName[] = ["User", "ChatRoom", "Message"];

type Base = Readonly<Record<ModelName, SyncAnswer>>;

export async function conclude(telling: Telling, since: number): Promise<Comparison> {
  const { family, graphql, narrator, schema } = telling;
  narrator.progress.show("reading what everybody has");
  const base = Object.fromEntries(
    await Promise.all(models.map(async (model) => [model, await syncModel(graphql, schema, model, null)])),
  ) as Base;
  const delta = await syncModel(graphql, schema, "Message", since);
  const relay = replicaOfRelay(base);
  const devices = await Promise.all(family.devices().map(replicaOfDevice));
  await explain(telling, relay);
  showQueries(telling, base.Message, delta, since);
  return compareReplicas([relay, ...devices]);
}

async function explain({ script, chat, family, narrator, written, surprises }: Telling, relay: Replica): Promise<void> {
  const refused = await Promise.all(
    family.devices().map(async (device) => {
      const edits = await device.call("refused", null);
      return edits.map((edit) => ({ by: device.name, ...edit }));
    }),
  );
  const refusedOf = ({ model, id }: RecordRef) => refused.flat().filter((one) => one.model === model && one.id === id);
  narrator.chapter("What it ended as, and why");
  for (const [index, record] of script.contested.entries()) {
    const before = generatedRecord(chat, record);
    const outcome = outcomeOf(record, before, written);
    surprises.push(...unexpected(outcome, relay.records.get(nameOf(record)) ?? null));
    if (index > 0) narrator.lines([""]);
    narrator.lines(reportOutcome({ outcome, before, refused: refusedOf(record) }, narrator.page));
  }
  const isContested = (one: RecordRef): boolean =>
    script.contested.some(({ model, id }) => model === one.model && id === one.id);
  for (const one of refused.flat()) {
    if (!isContested(one)) surprises.push(`${one.by}'s ${describeRecord(one)} was refused: ${one.message}`);
  }
}

/** Where a record is not what the writes of it say. */
function unexpected(outcome: Outcome, found: Values | null): string[] {
  const name = describeRecord(outcome.record);
  if (outcome.isDeleted || found === null) {
    const isGone = found === null;
    return isGone === outcome.isDeleted ? [] : [`${name} is ${isGone ? "gone" : "there"}, and should not be`];
  }
  return outcome.fields.flatMap(({ field, value, isList }) => {
    const actual = found[field] ?? null;
    const isSame = canonical(isList ? inOrder(actual) : actual) === canonical(value);
    return isSame ? [] : [`${name} has ${field} ${describeValue(actual)}, and should have ${describeValue(value)}`];
  });
}

function inOrder(value: FieldValue): FieldValue {
  return Array.isArray(value) ? value.toSorted() : value;
}

function showQueries({ schema, script, narrator }: Telling, base: SyncAnswer, delta: SyncAnswer, since: number): void {
  const { style } = narrator.page;
  const field = syncFieldOf(schema, "Message");
  const deleted = base.records.filter((one) => one.isDeleted).length;
  const pages = describeCount(base.pages, "page");
  const contested = script.contested.flatMap((record) => {
    const synced = record.model === "Message" ? base.records.find((one) => one.values.id === record.id) : undefined;
    return synced === undefined ? [] : [{ record, synced }];
  });
  narrator.chapter("The same over GraphQL, for clients that know nothing of documents");
  narrator.does("base", `{ ${field}(limit: 1000) { items { id text _version … } … } }`, style.dim);
  narrator.does(
    "",
    `${describeCount(base.records.length, "message")} in ${pages}, ${deleted} of them deleted; the contested ones:`,
  );
  narrator.lines(["", ...reportSynced(contested, narrator.page), ""]);
  narrator.does("delta", `{ ${field}(lastSync: ${since}, limit: 1000) { items { id text _version … } … } }`, style.dim);
  narrator.does(
    "",
    `${describeCount(delta.records.length, "message")} changed since all were in step: ${kindsOf(delta.records)}`,
  );
}

function kindsOf(records: readonly SyncedRecord[]): string {
  const deleted = records.filter((one) => one.isDeleted).length;
  const created = records.filter((one) => !one.isDeleted && one.version === 1).length;
  return `${created} new, ${records.length - created - deleted} edited, ${deleted} deleted`;
}

function replicaOfRelay(base: Base): Replica {
  const records = models.flatMap((model) =>
    base[model].records
      .filter((one) => !one.isDeleted)
      .map(({ values }): [string, Values] => [nameOf({ model, id: String(values.id) }), values]),
  );
  return { name: "relay", records: new Map(records) };
}

async function replicaOfDevice(device: Device): Promise<Replica> {
  const records = new Map<string, Values>();
  for (const model of models) {
    for (const values of await device.call("rows", model))
      records.set(nameOf({ model, id: String(values.id) }), values);
  }
  return { name: device.name, records };
}

function nameOf({ model, id }: RecordRef): string {
  return `${model} ${id}`;
}
