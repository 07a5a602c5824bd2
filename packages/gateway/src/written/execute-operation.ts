/**
 * Executes queries and mutations, for every door. A query for one page of records is answered by its compiled operation, from what
 * is stored to the text that is sent; everything else, and whatever of it ends in an error, is left to GraphQL's own execution.
 * The answers are the same byte for byte.
 */
import { type ExecutionResult, execute, type GraphQLSchema, getArgumentValues } from "graphql";
import { servedFields } from "../api/served-fields.ts";
import type { WrittenResult } from "../execute/answer.ts";
import type { PreparedArgs } from "../execute/operations.ts";
import type { Arguments } from "../resolve/arguments.ts";
import { listRecords } from "../resolve/list-records.ts";
import type { PageForm } from "../resolve/page-form.ts";
import type { ConnectionSource } from "../resolve/record-source.ts";
import type { GatewayServices, RequestContext } from "../resolve/request-context.ts";
import { syncRecords } from "../resolve/sync-records.ts";
import type { FieldPlace } from "../resolve/unauthorized.ts";
import type { PageOperation } from "./compile-operation.ts";
import { createCompiledOperations } from "./compiled-operations.ts";
import { createJsonForm, type JsonItems } from "./json-form.ts";

export type ExecuteOperation = (args: PreparedArgs) => Promise<ExecutionResult | WrittenResult>;

export function createExecuteOperation(services: GatewayServices, schema: GraphQLSchema): ExecuteOperation {
  const { relay } = services;
  const description = relay.schema;
  const served = servedFields(description, { conflictDetection: "on", withSpareNames: true });
  const queries = new Map(
    served.filter(({ type }) => type === "Query").map(({ name, operation }) => [name, operation]),
  );
  const operations = createCompiledOperations({ description, schema, queries });

  return async (args) => (await write(args)) ?? execute(args);

  /** Null where it is for GraphQL's execution to answer. */
  async function write(args: PreparedArgs): Promise<WrittenResult | null> {
    const asked = operations.get(args);
    if (asked === null) return null;
    const { operation, node, place, field, shape, around } = asked.compiled;
    const { identity, budget } = args.contextValue;
    // What ends in an error here is asked for once more.
    const context = { ...args.contextValue, budget: { ...budget, spend: budget.attempt } };
    try {
      const argumentValues = getArgumentValues(field, node, asked.variables);
      const source = await readPage(operation, argumentValues, context, place, createJsonForm(relay, identity, shape));
      const { before, behind } = around(source);
      return { written: Buffer.concat([Buffer.from(before), bytesOf(source.items), Buffer.from(behind)]) };
    } catch {
      // Whatever it is, GraphQL's execution comes upon it too, and says at which field.
      return null;
    }
  }

  function readPage(
    operation: PageOperation,
    args: Arguments,
    context: RequestContext,
    place: FieldPlace,
    form: PageForm<JsonItems>,
  ): Promise<ConnectionSource<JsonItems>> {
    if (operation.kind === "sync") return syncRecords(services, operation.model, args, context, place, form);
    return listRecords(services, operation, args, context, place, form);
  }
}

function bytesOf(items: JsonItems): Uint8Array {
  return typeof items === "string" ? Buffer.from(items) : items;
}
