/**
 * Pages as JSON of a shape: written by the store where it does, else here from the records of the page.
 *
 * Rejects with a `NotWritten` where a record does not fit the shape, or leads where the identity may not: what is answered
 * then is an error that names its place.
 */
import type { Identity } from "@tributary/model";
import type { Relay } from "@tributary/relay";
import { type RowShape, relatedTables } from "@tributary/storage";
import type { PageForm } from "../resolve/page-form.ts";
import { writeRecords } from "./write-records.ts";

/** Items with commas between them: as text, or as its UTF-8. */
export type JsonItems = string | Uint8Array;

export class NotWritten extends Error {
  override readonly name: string = "NotWritten";
}

export function createJsonForm(relay: Relay, identity: Identity, shape: RowShape): PageForm<JsonItems> {
  const { records } = relay;
  return {
    async readRange({ model, range, plan, order, limit, after }) {
      assertReadable();
      const { where, includeDeleted, acceptance } = plan;
      // What the filter leaves out before records are counted is passed over a bounded number at a time.
      if (where !== null || !includeDeleted || acceptance === null) return null;
      const accept = acceptance === "all" ? null : acceptance;
      const page = await records.queryJson(identity, { model, range, order, limit, after, shape, accept });
      return page === null ? null : { ...page, items: page.json };
    },
    async ofRecords(found) {
      assertReadable();
      const written = await writeRecords(relay, identity, shape, found);
      if (written === null) throw new NotWritten("a record does not fit");
      const led = written.reduce((sum, record) => sum + record.led, 0);
      return { items: written.map(({ text }) => text).join(","), led };
    },
  };

  function assertReadable(): void {
    if (!relatedTables(shape).every((model) => records.canReadModel(identity, model))) {
      throw new NotWritten("a related model may not be read");
    }
  }
}
