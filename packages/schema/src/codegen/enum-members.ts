/** The values of an enum by the names they have in code. Values that would share a name keep their own. */
import type { EnumBlueprint } from "./blueprint.ts";
import { constantCase } from "./word-case.ts";

export function enumMembers({ values }: EnumBlueprint): readonly (readonly [member: string, value: string])[] {
  const named = values.map((value) => constantCase(value));
  return values.map((value, i) => {
    const name = named[i] ?? "";
    const isOwn = name !== "" && !/^\d/.test(name) && named.filter((other) => other === name).length === 1;
    return [isOwn ? name : value, value];
  });
}
