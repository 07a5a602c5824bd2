/**
 * Reads records as a step on the database sees them: as they are stored, with what the step wrote so far.
 */
import { isOwnPredicate, type JoinedPredicate, keyOf, matches, type Values } from "@tributary/model";
import { type ModelDescription, modelNamed, type SchemaDescription } from "@tributary/schema";
import { type ReadRecord, type RecordQuery, type ReplicaReader, sortedPage } from "@tributary/storage";
import type { RecordChange, Workspace } from "../local/workspace.ts";
import { matchesJoined, modelsIn } from "./matches-joined.ts";

export type OverlayReader = Pick<ReplicaReader, "query" | "count">;

export function createOverlayReader(
  schema: SchemaDescription,
  stored: OverlayReader,
  workspace: Workspace,
): OverlayReader {
  const overlay: OverlayReader = {
    async query(query) {
      const changes = workspace.changes();
      const model = modelOf(schema, query.model);
      const touched = modelsIn(schema, model, query.where, query.sort);
      if (!changes.some((change) => touched.has(change.model))) return stored.query(query);
      return sortedPage(schema, lookUp, { ...query, model }, await candidates(query));
    },
    async count(model, where) {
      return (await overlay.query({ model, where, sort: [], limit: null, offset: 0 })).length;
    },
  };

  function lookUp(model: string, where: JoinedPredicate): Promise<readonly ReadRecord[]> {
    return overlay.query({ model, where, sort: [], limit: null, offset: 0 });
  }

  /** In the order of insertion: what was stored, then what the step created. */
  async function candidates({ model: name, where }: RecordQuery): Promise<ReadRecord[]> {
    const model = modelOf(schema, name);
    const own = workspace.changes().filter((change) => change.model === name);
    const changed = new Map(own.map((change) => [change.key, change.after]));
    // What a related record says may have changed: then only looking at each record tells.
    const condition = where !== null && isOwnPredicate(where) ? where : null;
    const isStable = where === null || condition !== null;
    const all = await stored.query({ model: name, where: isStable ? where : null, sort: [], limit: null, offset: 0 });
    const isIn = async (values: Values): Promise<boolean> => {
      if (where === null) return true;
      return condition === null
        ? matchesJoined(schema, overlay, model, where, values)
        : matches(model, condition, values);
    };
    const found: ReadRecord[] = [];
    for (const record of all) {
      const key = keyOf(model, record.values);
      const now = changed.get(key);
      changed.delete(key);
      if (now === null) continue;
      if (now === undefined && isStable) found.push(record);
      else if (await isIn((now ?? record).values)) found.push(now ?? record);
    }
    // Created by the step, or stored where the condition did not hold.
    for (const now of changed.values()) if (now !== null && (await isIn(now.values))) found.push(now);
    return found;
  }

  return overlay;
}

function modelOf(schema: SchemaDescription, name: RecordChange["model"]): ModelDescription {
  const model = modelNamed(schema, name);
  if (model === undefined) throw new RangeError(`the schema has no model ${name}`);
  return model;
}
