/** A document as Amplify's own tools take it: without the directives that only this project knows. */
import { parse, print, visit } from "graphql";

const ownDirectives: readonly string[] = ["crdt"];

/** The SDL without them; as it was written when there are none. */
export function withoutOwnDirectives(sdl: string): string {
  let isChanged = false;
  const document = visit(parse(sdl), {
    Directive(node) {
      if (!ownDirectives.includes(node.name.value)) return undefined;
      isChanged = true;
      return null;
    },
  });
  return isChanged ? `${print(document)}\n` : sdl;
}
