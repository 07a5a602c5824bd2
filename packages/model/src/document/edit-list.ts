/**
 * The change of one list as structs and deletions.
 *
 * An insertion stands between two elements, deleted or not, that stood side by side when it was made, which is all that the order
 * of lists needs.
 */
import type { ByteWriter } from "../update/byte-writer.ts";
import type { UpdateScan } from "../update/scan-update.ts";
import { ANY, type DeleteRange, endOf, type Struct } from "../update/struct.ts";
import type { ListPlace } from "./intent.ts";
import type { ListChange } from "./list-change.ts";
import type { Run } from "./list-order.ts";
import { type ElementId, structInList } from "./new-struct.ts";
import { nextClock, type StructStore } from "./struct-store.ts";

/** `order` is that of the list in `store`, which is not changed. */
export function editList(
  writer: ByteWriter,
  store: StructStore,
  clientId: number,
  root: string,
  change: ListChange,
  order: readonly Run[],
): UpdateScan {
  const structs: Struct[] = [];
  const deletes: DeleteRange[] = [];
  const taken = new Set(change.deletes);
  const waiting = [...change.inserts].reverse();
  let clock = nextClock(store, clientId);
  let left: ElementId | null = null;
  const insertBefore = (right: ElementId | null): void => {
    const { values = [] } = waiting.pop() ?? {};
    structs.push(structInList(writer, clientId, clock, root, left, right, values));
    clock += values.length;
    left = { client: clientId, clock: clock - 1 };
  };

  let index = 0;
  let gone = 0;
  for (const run of order) {
    const { client } = run;
    const isThere = run.struct.kind === ANY;
    for (let at = run.clock; at < endOf(run); ) {
      while (isDue(waiting.at(-1)?.place, index, isThere ? Number.POSITIVE_INFINITY : gone)) {
        insertBefore({ client, clock: at });
      }
      if (isThere) {
        if (taken.has(index)) deletes.push({ client, clock: at, length: 1 });
        index += 1;
        gone = 0;
        at += 1;
      } else {
        const passed = Math.min(endOf(run) - at, goneUntil(waiting.at(-1)?.place, index) - gone);
        gone += passed;
        at += passed;
      }
      left = { client, clock: at - 1 };
    }
  }
  while (waiting.length > 0) insertBefore(null);
  return { structs, deletes };
}

/** Whether a place lies before what stands behind `index` elements and, behind the last of those, `gone` deleted ones. */
function isDue(place: ListPlace | undefined, index: number, gone: number): boolean {
  return place?.index === index && place.gone <= gone;
}

/** How many of the deleted elements behind `index` elements come before a place. */
function goneUntil(place: ListPlace | undefined, index: number): number {
  return place?.index === index ? place.gone : Number.POSITIVE_INFINITY;
}
