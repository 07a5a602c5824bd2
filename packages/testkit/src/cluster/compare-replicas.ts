/** Compares what replicas hold, record by record. */
import type { DataStoreInstance } from "@tributary/datastore/core";
import type { Values } from "@tributary/model";
import { keyOf } from "@tributary/model";
import type { Relay } from "@tributary/relay";
import type { SchemaDescription } from "@tributary/schema";

/** Values by `Model key`. */
export type Holdings = ReadonlyMap<string, Values>;

export async function holdingsOfClient(schema: SchemaDescription, store: DataStoreInstance): Promise<Holdings> {
  const held = new Map<string, Values>();
  for (const model of schema.models) {
    const modelClass = store.models[model.name];
    if (modelClass === undefined) continue;
    for (const instance of await store.query(modelClass)) {
      const { _version, _lastChangedAt, _deleted, ...values } = instance;
      held.set(`${model.name} ${keyOf(model, values)}`, values);
    }
  }
  return held;
}

export async function holdingsOfRelay(schema: SchemaDescription, relay: Relay): Promise<Holdings> {
  const held = new Map<string, Values>();
  for (const model of schema.models) {
    const { records } = await relay.records.query(
      { kind: "operator" },
      {
        model: model.name,
        range: null,
        where: null,
        order: model.primaryKey.map((field) => ({ field, direction: "ASCENDING" })),
        limit: 1_000_000,
        maxLooked: 1_000_000,
        after: null,
        includeDeleted: false,
      },
    );
    for (const record of records) held.set(`${model.name} ${record.key}`, record.values);
  }
  return held;
}

/** One line a difference; none when both hold the same. */
export function differences(left: Holdings, right: Holdings): string[] {
  const found: string[] = [];
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const [a, b] = [JSON.stringify(sorted(left.get(name))), JSON.stringify(sorted(right.get(name)))];
    if (a !== b) found.push(`${name}: ${a} against ${b}`);
  }
  return found;
}

function sorted(values: Values | undefined): unknown {
  return values === undefined ? null : Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
