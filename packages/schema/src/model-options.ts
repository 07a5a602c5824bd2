/**
 * The options of `@model` over its defaults: what an option leaves out keeps its default, `null` removes an operation or the whole
 * group. `sync` goes with the queries and has no name of its own to give. A subscription needs the mutation it reports.
 */
import type { OperationNames } from "./description.ts";

/** Options as they are written. */
export interface ModelOptions {
  readonly queries?: { readonly get?: string | null; readonly list?: string | null } | null;
  readonly mutations?: {
    readonly create?: string | null;
    readonly update?: string | null;
    readonly delete?: string | null;
  } | null;
  readonly subscriptions?: {
    readonly onCreate?: readonly string[] | null;
    readonly onUpdate?: readonly string[] | null;
    readonly onDelete?: readonly string[] | null;
    readonly level?: "off" | "public" | "on" | null;
  } | null;
}

/** The operations of a model with these options. */
export function operationsWith(options: ModelOptions, defaults: OperationNames): OperationNames {
  const queries =
    options.queries === null ? { get: null, list: null, sync: null } : { ...defaults.queries, ...options.queries };
  const mutations =
    options.mutations === null
      ? { create: null, update: null, delete: null }
      : { ...defaults.mutations, ...options.mutations };
  const given = options.subscriptions === null ? { level: "off" as const } : options.subscriptions;
  const level = given?.level ?? defaults.subscriptions.level;
  const listed = (asked: readonly string[] | null | undefined, usual: readonly string[], mutation: string | null) =>
    level === "off" || mutation === null || asked === null ? [] : (asked ?? usual);
  return {
    queries,
    mutations,
    subscriptions: {
      level,
      onCreate: listed(given?.onCreate, defaults.subscriptions.onCreate, mutations.create),
      onUpdate: listed(given?.onUpdate, defaults.subscriptions.onUpdate, mutations.update),
      onDelete: listed(given?.onDelete, defaults.subscriptions.onDelete, mutations.delete),
    },
  };
}
