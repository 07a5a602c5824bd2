/**
 * The usual creation, judged without a merge: one struct that is one entry of `$writes`, upon nothing.
 *
 * It says yes or nothing at all. Whatever is not exactly that, or is not to be accepted, is for the merge to judge: every reason
 * to refuse is stated there alone, and what is accepted here is accepted there with the same verdict.
 */
import { isListField } from "@tributary/schema";
import { facetFields } from "../document/facet-fields.ts";
import { pooledDocument } from "../document/pooled-document.ts";
import { parseEntry, WRITES } from "../document/write-entry.ts";
import type { JsonValue } from "../json-value.ts";
import { stampMs } from "../stamp.ts";
import { createByteReader } from "../update/byte-reader.ts";
import { readValue } from "../update/plain-value.ts";
import type { UpdateScan } from "../update/scan-update.ts";
import { ANY, type Struct } from "../update/struct.ts";
import { canonicalValue } from "../validation/canonical.ts";
import type { JudgeInput } from "./judge-input.ts";
import type { AcceptedUpdate } from "./verdict.ts";

/** Throws a `GuardError` where the merge would. */
export function acceptFounding(input: JudgeInput, { structs, deletes }: UpdateScan): AcceptedUpdate | null {
  const [struct] = structs;
  if (input.before !== null || struct === undefined || structs.length > 1 || deletes.length > 0) return null;
  if (!isFirstEntry(struct) || !input.isOwnClientId(struct.client)) return null;
  const entry = parseEntry(readValue(createByteReader(struct.bytes, struct.from, struct.to)));
  if (entry === null || stampMs(entry.stamp) > input.nowMs + input.driftMs) return null;

  const { stamp } = entry;
  // Read here, for nobody else: what is not canonical is made so in place.
  const values = entry.fields as { [field: string]: JsonValue };
  const declared = facetFields(input.model, input.facet);
  const written = Object.keys(values);
  let next = 0;
  for (const name of written) {
    // In the facet's order, as creations are written; and that is the order in which a fold has them.
    while (next < declared.length && declared[next]?.name !== name) next += 1;
    const field = declared[next];
    if (field === undefined || isListField(field)) return null;
    const value = values[name] ?? null;
    const canonical = canonicalValue(value);
    if (!Object.is(canonical, value)) values[name] = canonical;
  }
  return {
    outcome: "accepted",
    changed: true,
    state: pooledDocument(input.update),
    update: input.update,
    before: null,
    after: { values, deleted: null, maxStamp: stamp },
    written,
    clientIds: [struct.client],
    lists: null,
  };
}

/** A struct that names a root is beside no other and inside of none. */
function isFirstEntry(struct: Struct): boolean {
  return (
    struct.kind === ANY &&
    struct.isPlain &&
    struct.root === WRITES &&
    struct.clock === 0 &&
    struct.length === 1 &&
    struct.parentSub === null
  );
}
