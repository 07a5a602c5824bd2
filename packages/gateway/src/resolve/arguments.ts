/** Arguments of a field as GraphQL hands them over: their types hold, but TypeScript does not know it. */

import { GatewayError } from "../gateway-error.ts";
import type { GatewayLimits } from "../gateway-limits.ts";

export type Arguments = Readonly<Record<string, unknown>>;

/** Null for an argument that is missing or null. */
export function textArgument(args: Arguments, name: string): string | null {
  const value = args[name];
  return typeof value === "string" ? value : null;
}

export function numberArgument(args: Arguments, name: string): number | null {
  const value = args[name];
  return typeof value === "number" ? value : null;
}

export function objectArgument(args: Arguments, name: string): Arguments {
  const value = args[name];
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** How many records a page looks at: what is asked for, up to the limit; else `standard`. */
export function pageSize(args: Arguments, limits: GatewayLimits, standard: number = limits.defaultPageSize): number {
  const asked = numberArgument(args, "limit");
  if (asked === null) return Math.min(standard, limits.maxPageSize);
  if (asked > 0) return Math.min(asked, limits.maxPageSize);
  throw new GatewayError("InvalidArgumentsError", `limit is ${asked}; ask for 1 to ${limits.maxPageSize} records`);
}
