/** Whether a record in hand meets a predicate that leads through relations: what it leads to is looked up. */
import {
  isOwnPredicate,
  type JoinedPredicate,
  type JoinedSortKey,
  joinOf,
  matches,
  type Values,
} from "@tributary/model";
import type { ModelDescription, SchemaDescription } from "@tributary/schema";
import type { ReplicaReader } from "@tributary/storage";

export async function matchesJoined(
  schema: SchemaDescription,
  reader: Pick<ReplicaReader, "count">,
  model: ModelDescription,
  predicate: JoinedPredicate,
  values: Values,
): Promise<boolean> {
  if (isOwnPredicate(predicate)) return matches(model, predicate, values);
  const test = (part: JoinedPredicate): Promise<boolean> => matchesJoined(schema, reader, model, part, values);
  switch (predicate.kind) {
    case "and":
      for (const part of predicate.of) if (!(await test(part))) return false;
      return true;
    case "or":
      for (const part of predicate.of) if (await test(part)) return true;
      return false;
    case "not":
      return !(await test(predicate.of));
    case "related": {
      const join = joinOf(schema, model, predicate.field);
      if (join.on.some(({ own }) => (values[own] ?? null) === null)) return false;
      const tie = join.on.map(
        ({ own, other }): JoinedPredicate => ({ kind: "field", field: other, op: "eq", value: values[own] ?? null }),
      );
      return (await reader.count(join.model.name, { kind: "and", of: [...tie, predicate.of] })) > 0;
    }
    default:
      return true;
  }
}

/** The models whose records a predicate and a sort on `model` look at, itself included. */
export function modelsIn(
  schema: SchemaDescription,
  model: ModelDescription,
  predicate: JoinedPredicate | null,
  sort: readonly JoinedSortKey[],
): Set<string> {
  const found = new Set([model.name]);
  const visit = (at: ModelDescription, part: JoinedPredicate): void => {
    if (part.kind === "and" || part.kind === "or") for (const one of part.of) visit(at, one);
    else if (part.kind === "not") visit(at, part.of);
    else if (part.kind === "related") {
      const { model: related } = joinOf(schema, at, part.field);
      found.add(related.name);
      visit(related, part.of);
    }
  };
  if (predicate !== null) visit(model, predicate);
  for (const { through = [] } of sort) {
    let at = model;
    for (const relation of through) {
      at = joinOf(schema, at, relation).model;
      found.add(at.name);
    }
  }
  return found;
}
