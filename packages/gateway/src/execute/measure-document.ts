/**
 * How much a document asks for, fragments spread out, found before it is validated: validation itself takes time that grows
 * with the square of the fields.
 *
 * Fragments are measured once each, however often they are spread, so that the measuring cannot be made slow. One that spreads
 * itself, or that is not there, counts nothing; validation refuses it.
 */
import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from "graphql";

export interface DocumentSize {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
}

const nothing: DocumentSize = { depth: 0, fields: 0, aliases: 0 };

/** The largest of the document's operations, in each respect. */
export function measureDocument(document: DocumentNode): DocumentSize {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, DocumentSize>();
  let largest = nothing;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    largest = larger(largest, measureSelections(definition.selectionSet));
  }
  return largest;

  function measureSelections({ selections }: SelectionSetNode): DocumentSize {
    let total = nothing;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const inner = selection.selectionSet === undefined ? nothing : measureSelections(selection.selectionSet);
        total = beside(total, {
          depth: inner.depth + 1,
          fields: inner.fields + 1,
          aliases: inner.aliases + (selection.alias === undefined ? 0 : 1),
        });
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        total = beside(total, measureSelections(selection.selectionSet));
      } else {
        total = beside(total, measureFragment(selection.name.value));
      }
    }
    return total;
  }

  function measureFragment(name: string): DocumentSize {
    const known = measured.get(name);
    if (known !== undefined) return known;
    measured.set(name, nothing);
    const fragment = fragments.get(name);
    const size = fragment === undefined ? nothing : measureSelections(fragment.selectionSet);
    measured.set(name, size);
    return size;
  }
}

function beside(left: DocumentSize, right: DocumentSize): DocumentSize {
  return {
    depth: Math.max(left.depth, right.depth),
    fields: left.fields + right.fields,
    aliases: left.aliases + right.aliases,
  };
}

function larger(left: DocumentSize, right: DocumentSize): DocumentSize {
  return {
    depth: Math.max(left.depth, right.depth),
    fields: Math.max(left.fields, right.fields),
    aliases: Math.max(left.aliases, right.aliases),
  };
}
