/** The fields of Query, Mutation and Subscription as they are served: those that are printed and, if wanted, their spare names. */
import type { SchemaDescription } from "@tributary/schema";
import type { ApiShape } from "./api-shape.ts";
import { type RootField, rootFields } from "./root-operation.ts";
import { spareFields } from "./spare-fields.ts";

export function servedFields(
  schema: SchemaDescription,
  { conflictDetection, withSpareNames }: Pick<ApiShape, "conflictDetection" | "withSpareNames">,
): RootField[] {
  const printed = rootFields(schema, conflictDetection);
  return withSpareNames ? [...printed, ...spareFields(schema, printed)] : printed;
}
