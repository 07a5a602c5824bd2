/** Binds what each root field and each relation stands for to what it does. */
import type { StoredRecord } from "@tributary/relay";
import type { Bind } from "../api/generate-schema.ts";
import { listRelated, relatedRecord } from "./follow-relation.ts";
import { getRecord } from "./get-record.ts";
import { listRecords } from "./list-records.ts";
import { sourceForm } from "./page-form.ts";
import { recordSource } from "./record-source.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import { subscribeToRecords } from "./subscribe-to-records.ts";
import { syncRecords } from "./sync-records.ts";
import { writeRecord } from "./write-record.ts";

export function createBinder(services: GatewayServices): Bind<RequestContext> {
  return (operation) => {
    const { model } = operation;
    switch (operation.kind) {
      case "get":
        return { resolve: (_, args, context, info) => getRecord(services, model, args, context, info) };
      case "list":
      case "index":
        return {
          resolve: (_, args, context, info) => listRecords(services, operation, args, context, info, sourceForm),
        };
      case "related":
        return { resolve: (source, _, context, info) => relatedRecord(services, operation, source, context, info) };
      case "connection":
        return {
          resolve: (source, args, context, info) => listRelated(services, operation, source, args, context, info),
        };
      case "sync":
        return { resolve: (_, args, context, info) => syncRecords(services, model, args, context, info, sourceForm) };
      case "write":
        return { resolve: (_, args, context, info) => writeRecord(services, operation, args, context, info) };
      case "subscribe":
        return {
          subscribe: (_, args, context, info) => subscribeToRecords(services, operation, args, context, info),
          resolve: (record) => (isStoredRecord(record) ? recordSource(record) : null),
        };
    }
  };
}

/** The source of a subscription's field is what its iterator gave. */
function isStoredRecord(source: unknown): source is StoredRecord {
  return typeof source === "object" && source !== null && "values" in source && "version" in source;
}
