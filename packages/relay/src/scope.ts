/**
 * The scope of a session: which records it may see and asked for, and the hash that binds cursors to it (F2).
 *
 * Reading is judged by `authorize`, per record, at delivery time. A session of the same scope key sees the same records, so
 * what is encoded for one is encoded for all of them.
 */
import { createHash } from "node:crypto";
import { authorize, type Identity, principalOf, type Values } from "@tributary/model";
import { type ModelDescription, modelNamed, type SchemaDescription } from "@tributary/schema";

export interface Scope {
  readonly identity: Identity;
  /** Models the session syncs. */
  readonly models: ReadonlySet<string>;
  /** Equal for sessions that may see and asked for the same. */
  readonly hash: string;
  /** False when no record of the model can be seen, so that none need be read. */
  canSeeSome(model: ModelDescription): boolean;
  canSee(model: ModelDescription, values: Values): boolean;
}

export function createScope(
  schema: SchemaDescription,
  identity: Identity,
  asked: { readonly models: readonly string[] | null; readonly expressions: Readonly<Record<string, unknown>> },
  sandbox: boolean,
): Scope {
  const wanted = asked.models === null ? schema.models.map((model) => model.name) : asked.models;
  const models = new Set(wanted.filter((name) => modelNamed(schema, name)?.isSyncable));
  const hash = createHash("sha256")
    .update(
      JSON.stringify([schema.authHash, sandbox, readerOf(schema, identity), [...models].sort(), asked.expressions]),
    )
    .digest("base64url")
    .slice(0, 22);
  return {
    identity,
    models,
    hash: `${principalOf(identity)}:${hash}`,
    canSeeSome: (model) => models.has(model.name) && canReadModel(model, identity, sandbox),
    canSee: (model, values) => models.has(model.name) && canRead(model, identity, values, sandbox),
  };
}

/** What of an identity rules look at: a token's other claims (when it was issued, when it ends) change with each one. */
function readerOf(schema: SchemaDescription, identity: Identity): unknown {
  if (identity.kind !== "token") return identity;
  const { subject, provider, claims } = identity;
  const rules = schema.models.flatMap(({ auth, fields }) => [auth, ...fields.map((field) => field.auth)]).flat();
  const names = new Set(rules.flatMap(({ identityClaim, groupClaim }) => [identityClaim, groupClaim]));
  const used = [...names].filter((name) => name !== undefined).sort();
  return [provider, subject, used.map((name) => [name, claims[name] ?? null])];
}

/** The one read filter, for every door. */
export function canRead(model: ModelDescription, identity: Identity, values: Values, sandbox: boolean): boolean {
  return authorize(model, identity, "read", { before: values, after: values, written: [] }, { sandbox }).allowed;
}

/** Whether an identity may read any record of a model, as far as that can be told without one. */
export function canReadModel(model: ModelDescription, identity: Identity, sandbox: boolean): boolean {
  return authorize(model, identity, "read", { before: null, after: null, written: [] }, { sandbox }).allowed;
}
