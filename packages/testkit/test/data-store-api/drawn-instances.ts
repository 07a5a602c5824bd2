/** Instances to save: made new, copied or as they are; and values that no instance takes. */
import type { ModelInstance } from "@tributary/datastore/node";
import type { Values } from "@tributary/model";
import { expect } from "vitest";
import type { Random } from "../../src/cluster/random.ts";
import { modelAt } from "../../src/oracle/drawn-query.ts";
import type { DrawnField, DrawnModel } from "../../src/oracle/drawn-schema.ts";
import { canonical, drawRefused, drawValue } from "../../src/oracle/drawn-values.ts";
import type { OneStore } from "../three-stores.ts";
import { callsOf, count, type Handle, keyArgument, type Run } from "./run.ts";

/** Of a model: every call is compared record by record. */
const MOST_RECORDS = 12;

/** Fields for a new record or a draft; relations are given as records of the store that the call goes to. */
interface Given {
  readonly fields: Record<string, unknown>;
  readonly related: ReadonlyMap<string, { readonly model: DrawnModel; readonly values: Values } | null>;
}

function drawGiven(run: Run, model: DrawnModel, fields: readonly DrawnField[]): Given {
  const { random, oracle } = run;
  const given: Record<string, unknown> = {};
  const foreign = new Set(model.relations.flatMap(({ kind, own }) => (kind === "hasMany" ? [] : own)));
  for (const field of fields) {
    if (foreign.has(field.name)) continue;
    const value = drawValue(random, field);
    // Text with half a surrogate pair makes no key.
    given[field.name] = model.key.includes(field.name) ? canonical(value) : value;
  }
  const related = new Map<string, { readonly model: DrawnModel; readonly values: Values } | null>();
  for (const relation of model.relations) {
    if (relation.kind === "hasMany" || !random.chance(0.6)) continue;
    const target = modelAt(oracle, relation.model);
    const all = oracle.all(target.name);
    if (all.length === 0 || random.chance(0.1)) {
      if (random.chance(0.7)) related.set(relation.name, null);
      // A key of nobody's: not for a relation to belong by.
      else for (const [i, own] of relation.own.entries()) given[own] = foreignValue(random, target, i);
    } else if (random.chance(0.5)) related.set(relation.name, { model: target, values: random.pick(all) });
    else {
      const values = random.pick(all);
      for (const [i, own] of relation.own.entries()) given[own] = values[relation.other[i] ?? ""];
    }
  }
  return { fields: given, related };
}

function foreignValue(random: Random, target: DrawnModel, at: number): unknown {
  const field = target.fields.find(({ name }) => name === target.key[at]);
  return field === undefined ? null : canonical(drawValue(random, field));
}

/** What the call is given in one store. */
async function materialized(one: OneStore, { fields, related }: Given): Promise<Record<string, unknown>> {
  const given = { ...fields };
  for (const [name, target] of related) {
    given[name] =
      target === null
        ? null
        : await callsOf(one.store).query?.(one.classOf(target.model), keyArgument(target.model, target.values));
  }
  return given;
}

function oracleGiven({ fields, related }: Given): Record<string, unknown> {
  const records = [...related].map(([name, target]) => [name, target?.values ?? null] as const);
  return { ...fields, ...Object.fromEntries(records) };
}

async function construct(run: Run, model: DrawnModel): Promise<Handle | null> {
  const { random, oracle, stores } = run;
  const given = drawGiven(run, model, model.fields);
  const [first = "id"] = model.key;
  if (model.identifier === "optional" && random.chance(0.5)) delete given.fields[first];
  const required = model.fields.filter(({ name, isRequired }) => isRequired && !model.key.includes(name));
  if (required.length > 0 && random.chance(0.08)) delete given.fields[random.pick(required).name];
  const isEmptyKey = model.identifier !== "managed" && model.key.some((name) => given.fields[name] === "");
  run.log.push(`new ${model.name} ${JSON.stringify(oracleGiven(given))}`);
  const refused = random.chance(0.12) ? drawRefusedField(run, model) : null;
  if (refused !== null || isEmptyKey) {
    const [name, value, message] = refused ?? [first, "", "An index field cannot contain an empty string value"];
    count("refused value");
    for (const one of stores) {
      const init = { ...(await materialized(one, given)), [name]: value };
      // The first problem in the order of fields: others may stand before it where the key is empty, too.
      expect(() => new (one.classOf(model))(init), `${one.name} ${name}`).toThrow(message);
    }
    return null;
  }
  const instances: ModelInstance[] = [];
  for (const one of stores) instances.push(new (one.classOf(model))(await materialized(one, given)));
  const ids = instances.map((instance) => instance.id);
  const isDrawn =
    model.identifier === "managed" || (model.identifier === "optional" && (given.fields.id ?? null) === null);
  if (isDrawn) expect(new Set(ids).size, `ids ${ids}`).toBe(1);
  const values = oracle.valuesOf(model, { ...oracleGiven(given), ...(isDrawn ? { id: ids[0] } : {}) });
  return { held: { model, values, source: null, isStored: false }, instances };
}

/** A field but those of the key, a value that it refuses, and the message. */
function drawRefusedField({ random }: Run, model: DrawnModel): readonly [string, unknown, string] | null {
  const foreign = new Set(model.relations.flatMap(({ own }) => own));
  const field = random.pick(model.fields.filter(({ name }) => !model.key.includes(name) && !foreign.has(name)));
  const refused = drawRefused(random, field);
  return refused === null ? null : [field.name, ...refused];
}

async function copy(run: Run, source: Handle): Promise<Handle | null> {
  const { random, oracle, stores } = run;
  const { model, values } = source.held;
  const editable = model.fields.filter(({ name }) => !model.key.includes(name));
  const edited = editable.filter(() => random.chance(0.3));
  const given = drawGiven(run, model, edited);
  run.log.push(`copy ${model.name} ${oracle.keyOf(model, values)} ${JSON.stringify(oracleGiven(given))}`);
  const refused = random.chance(0.12) ? drawRefusedField(run, model) : null;
  if (refused !== null) {
    const [name, value, message] = refused;
    count("refused edit");
    for (const [i, one] of stores.entries()) {
      const change = (draft: Record<string, unknown>) => void Object.assign(draft, { [name]: value });
      expect(() => one.classOf(model).copyOf(source.instances[i] as ModelInstance, change as never)).toThrow(message);
    }
    return null;
  }
  const instances: ModelInstance[] = [];
  for (const [i, one] of stores.entries()) {
    const change = await materialized(one, given);
    if (model.identifier === "custom") change[model.key[0] ?? ""] = "ignored";
    instances.push(
      one.classOf(model).copyOf(source.instances[i] as ModelInstance, (draft) => void Object.assign(draft, change)),
    );
  }
  const changed = oracle.valuesOf(model, oracleGiven(given));
  const written = new Set([
    ...Object.keys(given.fields),
    ...[...given.related.keys()].flatMap((name) => model.relations.find((one) => one.name === name)?.own ?? []),
  ]);
  const next = Object.fromEntries(
    model.fields.map(({ name }) => [name, written.has(name) ? changed[name] : values[name]] as const),
  ) as Values;
  return { held: { model, values: next, source: source.held, isStored: false }, instances };
}

/** An instance to save: a new one, a copy of one in hand, or one in hand as it is. Null when there is none. */
export async function drawHandle(run: Run): Promise<Handle | null> {
  const { random, oracle, models, handles } = run;
  const model = random.pick(models);
  const own = handles.filter(({ held }) => held.model === model);
  const isFull = oracle.all(model.name).length >= MOST_RECORDS;
  const handle =
    own.length === 0 || (!isFull && random.chance(0.45))
      ? await construct(run, model)
      : await editOf(run, random.pick(own));
  if (handle === null || oracle.isListContested(handle.held)) return null;
  handles.push(handle);
  if (handles.length > 40) handles.splice(random.int(20), 1);
  return handle;
}

async function editOf(run: Run, handle: Handle): Promise<Handle | null> {
  if (run.random.chance(0.1)) return handle;
  const { model, values } = handle.held;
  // A copy of what is not stored is judged whole.
  const isWhole = model.fields.every(({ name, isRequired }) => !isRequired || values[name] !== null);
  return handle.held.isStored || isWhole ? copy(run, handle) : null;
}
