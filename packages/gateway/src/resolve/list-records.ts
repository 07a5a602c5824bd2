/** `listXs` and the queries over indexes: pages of records in key order, deleted ones included unless the filter says otherwise. */
import type { ModelDescription } from "@tributary/schema";
import type { KeyPath } from "../api/key-path.ts";
import { GatewayError } from "../gateway-error.ts";
import { answerPage } from "./answer-page.ts";
import { type Arguments, pageSize } from "./arguments.ts";
import { equals, keyOrder, orderBy, sortTests } from "./key-range.ts";
import type { PageForm } from "./page-form.ts";
import type { ConnectionSource } from "./record-source.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import type { FieldPlace } from "./unauthorized.ts";

export async function listRecords<Items>(
  services: GatewayServices,
  { model, path }: { readonly model: ModelDescription; readonly path: KeyPath | null },
  args: Arguments,
  context: RequestContext,
  place: FieldPlace,
  form: PageForm<Items>,
): Promise<ConnectionSource<Items>> {
  const range = path !== null && isAsked(args, path.partition.name) ? path : null;
  if (range === null && path !== null) assertNoPath(path, args);
  const partition = range?.partition.name;
  const request = {
    model,
    range:
      range === null || partition === undefined
        ? []
        : [equals(partition, args[partition]), ...sortTests(model, range, args)],
    order: range === null || partition === undefined ? keyOrder(model) : orderBy(model, range.sort, [partition], args),
    limit: pageSize(args, services.limits),
    name: place.fieldName,
    args,
  };
  return answerPage(services, context, place, request, form);
}

function assertNoPath({ index, partition, sortArgument }: KeyPath, args: Arguments): void {
  if (index !== null) {
    throw new GatewayError(
      "InvalidArgumentsError",
      `${partition.name} is missing; an index is asked by its first field`,
    );
  }
  for (const argument of ["sortDirection", sortArgument]) {
    if (argument === null || !isAsked(args, argument)) continue;
    const message = `${argument} needs ${partition.name}: only records of one ${partition.name} are sorted`;
    throw new GatewayError("InvalidArgumentsError", message);
  }
}

function isAsked(args: Arguments, name: string): boolean {
  return args[name] !== null && args[name] !== undefined;
}
