/**
 * What a subscription asks of an event, by its `filter` and by the arguments that name an owner.
 *
 * It is read and evaluated as the filter of a list is; beyond that it is held to AppSync's limit on lists of values.
 */
import type { ModelDescription } from "@tributary/schema";
import { allOf, compared, type FilterTest } from "../filter/filter-test.ts";
import { operandOf } from "../filter/operand.ts";
import { readFilter } from "../filter/read-filter.ts";
import { GatewayError } from "../gateway-error.ts";
import type { GatewayLimits } from "../gateway-limits.ts";

export interface EventFilter {
  readonly test: FilterTest;
  /** Equal for filters that ask the same of the same model. */
  readonly key: string;
}

export interface EventArguments {
  readonly filter?: unknown;
  readonly [owner: string]: unknown;
}

/** An owner argument lets through what has exactly that owner; null is the owner of what has none. */
export function readEventFilter(
  model: ModelDescription,
  owners: readonly string[],
  args: EventArguments,
  limits: Pick<GatewayLimits, "maxFilterNodes" | "maxSubscriptionValues">,
): EventFilter {
  const filter = args.filter ?? null;
  const test = readFilter(model, filter, limits.maxFilterNodes);
  assertShortLists(filter, limits.maxSubscriptionValues);
  const asked = owners.flatMap((field) =>
    args[field] === undefined ? [] : [{ field, value: operandOf(args[field]) }],
  );
  const owned = asked.map(({ field, value }) => compared(field, "eq", value));
  return { test: allOf([...owned, test]), key: JSON.stringify([asked, filter]) };
}

/** The filter was read before, so that it is of bounded size and depth. */
function assertShortLists(filter: unknown, maxValues: number): void {
  if (typeof filter !== "object" || filter === null) return;
  for (const [name, value] of Object.entries(filter)) {
    if ((name === "in" || name === "notIn") && Array.isArray(value) && value.length > maxValues) {
      const message = `subscription exceeds maximum value limit ${maxValues} for operator \`${name}\`.`;
      throw new GatewayError("ValidationError", message);
    }
    assertShortLists(value, maxValues);
  }
}
