/**
 * Which of Amplify's two dialects a document is written in, told by the directives it uses.
 */
import { type ConstDirectiveNode, type DocumentNode, Kind } from "graphql";
import { directiveNamed } from "./directives.ts";
import type { Dialect } from "./draft.ts";
import { type Problems, placeOf } from "./problems.ts";

const ordinals: Readonly<Record<Dialect, string>> = { v1: "first", v2: "second" };

/**
 * The dialect asked for, else that of the first directive that belongs to one, else the second. Directives of the other dialect
 * are reported, each with the place that settled the question.
 */
export function dialectOf(document: DocumentNode, asked: Dialect | undefined, problems: Problems): Dialect {
  const telling = directivesOf(document).filter((node) => directiveNamed(node.name.value)?.dialect != null);
  const first = telling[0];
  const dialect = asked ?? (first === undefined ? undefined : directiveNamed(first.name.value)?.dialect) ?? "v2";
  for (const node of telling) {
    const own = directiveNamed(node.name.value)?.dialect;
    if (own == null || own === dialect) continue;
    const because =
      asked === undefined && first !== undefined
        ? `@${first.name.value} at ${placeOf(first)} to the ${ordinals[dialect]}`
        : `the ${ordinals[dialect]} (${dialect}) is asked for`;
    const message = `@${node.name.value} belongs to the ${ordinals[own]} dialect, but ${because}.`;
    problems.report(node, message, "Write the whole schema in one dialect.");
  }
  return dialect;
}

function directivesOf(document: DocumentNode): readonly ConstDirectiveNode[] {
  return document.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return [];
    const onFields = (definition.fields ?? []).flatMap((field) => field.directives ?? []);
    return [...(definition.directives ?? []), ...onFields];
  });
}
