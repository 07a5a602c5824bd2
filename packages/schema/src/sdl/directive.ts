/**
 * What a directive is to this reader: a name, the dialect it belongs to, its arguments, and what it does to the model or the
 * field it stands on. One file per directive under `directives/` defines one with `defineDirective`.
 *
 * Directives run in phases, so that each finds done what it builds on, wherever it stands in the document.
 */
import type { ConstDirectiveNode } from "graphql";
import type { Dialect, FieldDraft, ModelDraft, SchemaDraft } from "./draft.ts";
import type { Problems } from "./problems.ts";
import { type Readers, readArguments, type ValuesOf } from "./value-reader.ts";

/**
 * In this order: properties of models and fields; primary keys (then implied ids and timestamps); join models; indexes;
 * relations that lay down foreign keys; relations that follow another's foreign keys.
 */
export const phases = ["properties", "keys", "joins", "indexes", "foreignKeys", "backReferences"] as const;

export type Phase = (typeof phases)[number];

/** The thing a directive stands on. */
export interface Target {
  readonly model: ModelDraft;
  /** Null when the directive stands on the type itself. */
  readonly field: FieldDraft | null;
}

/** A directive of the document whose arguments are understood, ready to run in its phase. */
export interface Application {
  readonly phase: Phase;
  run(draft: SchemaDraft): void;
}

export interface Directive {
  readonly name: string;
  /** Null when it belongs to both dialects. */
  readonly dialect: Dialect | null;
  readonly isRepeatable: boolean;
  /** Whether the directive may stand on types, and on fields. */
  readonly places: { readonly model: boolean; readonly field: boolean };
  /** Reads the arguments of one use; null after reporting that they make no sense. */
  read(node: ConstDirectiveNode, target: Target, problems: Problems): Application | null;
}

/** One use of a directive on a type. */
export interface ModelUse<R extends Readers> {
  readonly node: ConstDirectiveNode;
  readonly values: ValuesOf<R>;
  readonly model: ModelDraft;
}

/** One use of a directive on a field of a model. */
export interface FieldUse<R extends Readers> extends ModelUse<R> {
  readonly field: FieldDraft;
}

interface Definition<R extends Readers> {
  readonly name: string;
  readonly dialect: Dialect | null;
  readonly isRepeatable?: boolean;
  readonly arguments: R;
  readonly phase: Phase | ((values: ValuesOf<R>) => Phase);
  /** What the directive does on a type; left out when it may not stand there. */
  readonly onModel?: (use: ModelUse<R>, draft: SchemaDraft) => void;
  /** What the directive does on a field; left out when it may not stand there. */
  readonly onField?: (use: FieldUse<R>, draft: SchemaDraft) => void;
}

/** Makes a directive out of its definition. */
export function defineDirective<const R extends Readers>(definition: Definition<R>): Directive {
  const { onModel, onField } = definition;
  return {
    name: definition.name,
    dialect: definition.dialect,
    isRepeatable: definition.isRepeatable ?? false,
    places: { model: onModel !== undefined, field: onField !== undefined },
    read(node, { model, field }, problems) {
      const values = readArguments(definition.arguments, node, problems);
      if (values === undefined) return null;
      const phase = typeof definition.phase === "function" ? definition.phase(values) : definition.phase;
      return {
        phase,
        run(draft) {
          if (field === null) onModel?.({ node, values, model }, draft);
          else onField?.({ node, values, model, field }, draft);
        },
      };
    },
  };
}
