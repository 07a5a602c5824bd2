/** Judges the new structs of an update: whose they are, of what kind, and where they stand (G1, G3). */
import { isListField, type ModelDescription } from "@tributary/schema";
import { facetFieldNamed } from "../document/facet-fields.ts";
import { type Integrated, isStorable, nextClock, type StructStore, structAt } from "../document/struct-store.ts";
import { WRITES } from "../document/write-entry.ts";
import type { UpdateScan } from "../update/scan-update.ts";
import { endOf, GC, NONE, SKIP, type Struct } from "../update/struct.ts";
import type { JudgeInput } from "./judge-input.ts";
import { type RefusedUpdate, refuse } from "./verdict.ts";

/** The structs that hold anything beyond the clocks in the store. A gap is none of them: it shows when they are merged. */
export function freshStructs(store: StructStore, scan: UpdateScan): Struct[] {
  return scan.structs.filter((struct) => struct.kind !== SKIP && endOf(struct) > nextClock(store, struct.client));
}

/** Before the update is merged. */
export function judgeStructs(input: JudgeInput, fresh: readonly Struct[]): RefusedUpdate | null {
  for (const struct of fresh) {
    const { client, clock, root } = struct;
    if (!input.isOwnClientId(client)) {
      return refuse("clientId", `client id ${client} is not bound to this session; write under an id of your own`);
    }
    if (!isStorable(struct)) {
      return refuse(
        "invalid",
        `the struct of client ${client} at clock ${clock} is not a value in a root of the record`,
      );
    }
    if (root !== null && !isDeclaredRoot(input.model, input.facet, root)) return undeclared(input.model, root);
  }
  return null;
}

/**
 * After it was merged. A struct of which the beginning was known already is judged as what it says and as what of it was
 * added: that stands behind the known part, whichever root the struct names.
 */
export function judgePlaces(
  input: JudgeInput,
  store: StructStore,
  fresh: readonly Struct[],
  { added, removed }: Integrated,
): RefusedUpdate | null {
  for (const struct of [...fresh, ...added]) {
    // What was written as a GC has no place; what became one on its way in stood beside one.
    if (struct.kind === GC) continue;
    const { client, clock, home } = struct;
    if (home === null || !isOfOneRoot(store, struct)) {
      return refuse(
        "invalid",
        `the struct of client ${client} at clock ${clock} does not stand between two elements of one root`,
      );
    }
    if (!isDeclaredRoot(input.model, input.facet, home)) return undeclared(input.model, home);
  }
  for (const { home } of removed) {
    if (home !== null && !isDeclaredRoot(input.model, input.facet, home)) return undeclared(input.model, home);
  }
  return null;
}

/** Whether the neighbours it names, if any, are both in its root. */
function isOfOneRoot(store: StructStore, struct: Struct): boolean {
  const { originClient, originClock, rightClient, rightClock, home } = struct;
  return (
    (originClient === NONE || structAt(store, originClient, originClock).home === home) &&
    (rightClient === NONE || structAt(store, rightClient, rightClock).home === home)
  );
}

function isDeclaredRoot(model: ModelDescription, facet: number, root: string): boolean {
  if (root === WRITES) return true;
  return isListField(facetFieldNamed(model, facet, root));
}

function undeclared(model: ModelDescription, root: string): RefusedUpdate {
  return refuse(
    "unknownField",
    `${model.name} has no list ${root} in this document; update the schema of the relay or the client`,
    [root],
  );
}
