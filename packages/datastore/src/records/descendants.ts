/**
 * What goes with a record when it is deleted: the records at the far end of its relations to many and of those to one that it
 * has, and theirs in turn.
 */
import { type Join, type JoinedPredicate, type JsonValue, joinOf, keyOf, type Values } from "@tributary/model";
import { nameOf } from "@tributary/protocol";
import { type ModelDescription, relationFields, type SchemaDescription } from "@tributary/schema";
import type { ReadRecord, ReplicaReader } from "@tributary/storage";

export interface DoomedRecord {
  readonly model: ModelDescription;
  readonly key: string;
  readonly values: Values;
  /** Index of the record it goes with, in the list asked for. */
  readonly root: number;
}

/** Values in one condition of a look-up. */
const MAX_LISTED = 500;

/** The roots with all that goes with them, in generations from the deepest to the roots. Each record once. */
export async function withDescendants(
  schema: SchemaDescription,
  reader: Pick<ReplicaReader, "query">,
  roots: readonly DoomedRecord[],
): Promise<readonly (readonly DoomedRecord[])[]> {
  const generations: DoomedRecord[][] = [];
  const seen = new Set<string>();
  let generation = roots.filter((record) => isFirst(seen, record));
  while (generation.length > 0) {
    generations.unshift(generation);
    const next: DoomedRecord[] = [];
    for (const [model, parents] of byModel(generation)) {
      for (const join of cascadesOf(schema, model)) {
        for (const child of await childrenOf(reader, join, parents)) if (isFirst(seen, child)) next.push(child);
      }
    }
    generation = next;
  }
  return generations;
}

/** The relations of a model that a deletion follows. */
function cascadesOf(schema: SchemaDescription, model: ModelDescription): Join[] {
  return relationFields(model)
    .filter(({ relation }) => relation !== null && relation.kind !== "belongsTo")
    .map(({ name }) => joinOf(schema, model, name));
}

function isFirst(seen: Set<string>, { model, key }: DoomedRecord): boolean {
  const name = nameOf({ model: model.name, key });
  if (seen.has(name)) return false;
  seen.add(name);
  return true;
}

function byModel(records: readonly DoomedRecord[]): Map<ModelDescription, DoomedRecord[]> {
  const found = new Map<ModelDescription, DoomedRecord[]>();
  for (const record of records) {
    const alike = found.get(record.model);
    if (alike === undefined) found.set(record.model, [record]);
    else alike.push(record);
  }
  return found;
}

async function childrenOf(
  reader: Pick<ReplicaReader, "query">,
  join: Join,
  parents: readonly DoomedRecord[],
): Promise<readonly DoomedRecord[]> {
  const [pair] = join.on;
  if (pair === undefined) return [];
  const rootsByTie = new Map<string, number>();
  for (const { values, root } of parents) {
    const tie = tieOf(join.on.map(({ own }) => values[own] ?? null));
    if (tie !== null && !rootsByTie.has(tie)) rootsByTie.set(tie, root);
  }
  const firsts = [...new Set(parents.map(({ values }) => values[pair.own] ?? null))].filter((value) => value !== null);
  const children: DoomedRecord[] = [];
  for (let from = 0; from < firsts.length; from += MAX_LISTED) {
    const where: JoinedPredicate = {
      kind: "field",
      field: pair.other,
      op: "in",
      value: firsts.slice(from, from + MAX_LISTED),
    };
    const found: readonly ReadRecord[] = await reader.query({
      model: join.model.name,
      where,
      sort: [],
      limit: null,
      offset: 0,
    });
    for (const { values } of found) {
      // A key of several fields was looked up by its first.
      const root = rootsByTie.get(tieOf(join.on.map(({ other }) => values[other] ?? null)) ?? "");
      if (root !== undefined) children.push({ model: join.model, key: keyOf(join.model, values), values, root });
    }
  }
  return children;
}

function tieOf(values: readonly JsonValue[]): string | null {
  return values.includes(null) ? null : JSON.stringify(values);
}
