/** docs/graphql.md says of limits what holds. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { defaultGatewayLimits } from "@tributary/gateway/limits";
import { expect, it } from "vitest";

const page = readFileSync(path.resolve(import.meta.dirname, "../../../docs/graphql.md"), "utf8");

/** `2 MiB`, `256 Ki` and `10,000` as numbers. */
function numberIn(text: string): number {
  const [, digits = "", unit = ""] = /^([\d,]+)(?: ([KM]i)B?)?$/.exec(text.trim()) ?? [];
  const factors: Readonly<Record<string, number>> = { Ki: 1024, Mi: 1024 ** 2 };
  return Number(digits.replaceAll(",", "")) * (factors[unit] ?? 1);
}

it("DOC-8 the page lists every limit of the gateway with its default", () => {
  const rows = [...page.matchAll(/^\| (`max\w+`|`default\w+`)(, `\w+`)? \| ([^|]+) \|/gm)];
  const listed = rows.flatMap(([, first = "", second = "", numbers = ""]) => {
    const names = `${first}${second}`.match(/\w+/g) ?? [];
    const values = names.length === 1 ? [numbers] : numbers.split(", ");
    return names.map((name, i) => [name, numberIn(values[i] ?? "")] as const);
  });
  expect(Object.fromEntries(listed)).toEqual(defaultGatewayLimits);
});
