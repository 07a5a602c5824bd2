/**
 * What no value may be, whatever its type: nested too deep, or with the key `__proto__` in it.
 *
 * The guard refuses both in updates; whoever makes values is told before.
 */

/** Levels of lists and objects in a value. The guard's default lets 64 into an update, of which an entry takes two. */
export const MAX_VALUE_DEPTH = 60;

/** What is wrong, to stand behind "the value" or "the field"; null when nothing is. Recurses no deeper than the limit. */
export function shapeProblem(value: unknown, depth = 0): string | null {
  if (typeof value !== "object" || value === null) return null;
  if (depth === MAX_VALUE_DEPTH) return `is nested more than ${MAX_VALUE_DEPTH} levels deep`;
  if (Object.hasOwn(value, "__proto__")) return "has the key __proto__, which no record may hold";
  for (const inner of Object.values(value)) {
    const problem = shapeProblem(inner, depth + 1);
    if (problem !== null) return problem;
  }
  return null;
}
