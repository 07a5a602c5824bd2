/**
 * Answers a hello: who it is, whether its replica is free, which client ids are its own, and where its sync starts.
 *
 * From the moment an identity is known the session stands for its replica (`Caller.hold`), and older connections of the replica
 * are over. What those handed in is decided before the replica's last push is told, so that the answer is final (N2).
 */
import { type Identity, principalOf } from "@tributary/model";
import { CloseCode, type Hello, type Welcome } from "@tributary/protocol";
import type { SchemaDescription } from "@tributary/schema";
import type { BasePosition } from "./cursor.ts";
import { replicaRequest } from "./push-request.ts";
import type { RelayServices } from "./relay-services.ts";
import { createScope, type Scope } from "./scope.ts";
import type { Holder, Session } from "./session.ts";
import { decideStart } from "./session-start.ts";

/** An authenticated session's lasting facts. */
export interface Member {
  readonly hello: Hello;
  readonly identity: Identity;
  readonly scope: Scope;
  readonly clientIds: Set<number>;
  readonly hasSameSchema: boolean;
  /** ms since 1970; null for ever. */
  isAuthorizedUntil: number | null;
}

export type Greeting =
  | {
      readonly outcome: "welcome";
      readonly member: Member;
      /** Client ids of the hello that are another replica's. */
      readonly refusedClientIds: readonly number[];
      readonly welcome: Welcome;
      /** Where catch-up starts. */
      readonly seq: number;
      readonly base: BasePosition | null;
    }
  | { readonly outcome: "refused"; readonly code: CloseCode; readonly reason: string };

/** The session that said hello. */
export interface Caller {
  readonly session: Session;
  readonly hello: Hello;
  readonly isClosed: () => boolean;
  /** Stands for the replica from here on, unless another principal holds it. */
  readonly hold: (holder: Holder) => boolean;
}

export async function greet(services: RelayServices, caller: Caller): Promise<Greeting> {
  const { session, hello } = caller;
  const { store, schema, clock } = services;
  const authentication = await services.authenticate(hello.auth);
  if (caller.isClosed()) return refuse(CloseCode.ok, "closed meanwhile");
  if (authentication.outcome === "refused") return refuse(CloseCode.unauthenticated, authentication.reason);
  const { identity, expiresAt } = authentication;
  const principal = principalOf(identity);
  const isFree = caller.hold({ replica: hello.replica, principal });
  const [known = null] = isFree ? await services.pipeline.submit(replicaRequest(hello.replica)) : [];
  if (!isFree || (known !== null && known.principal !== principal)) {
    return refuse(CloseCode.forbidden, "this replica belongs to another principal; open another database");
  }
  const scope = createScope(schema, identity, hello, services.sandbox);
  const { seq, base, reason, isBase, isAhead } = await startOf(services, session, scope, hello.cursor);
  const [clientIds, refusedClientIds] = await bindClientIds(services, hello);
  return {
    outcome: "welcome",
    member: {
      hello,
      identity,
      scope,
      clientIds,
      hasSameSchema: hello.schemaHash === schema.hash,
      isAuthorizedUntil: expiresAt,
    },
    refusedClientIds,
    welcome: {
      type: "welcome",
      protocol: hello.protocol,
      features: [],
      session: services.randomHex(8),
      epoch: store.epoch,
      principal,
      timeMs: clock.now(),
      driftMs: services.driftMs,
      lastPush: known === null ? null : { nonce: known.nonce, n: known.n },
      start: isBase ? "base" : "resume",
      reason,
      isAhead,
      schemaHash: schema.hash,
      models: schema.models.map((model) => model.name),
      facets: facetNames(schema),
      counts: isBase ? await counts(services, scope) : [],
      limits: services.limits,
    },
    seq,
    base,
  };
}

/** Of models that have more than one facet. */
function facetNames({ models }: SchemaDescription): Record<string, string[]> {
  const divided = models.filter((model) => model.facets.length > 1);
  return Object.fromEntries(divided.map((model) => [model.name, model.facets.map((facet) => facet.name)]));
}

function refuse(code: CloseCode, reason: string): Greeting {
  return { outcome: "refused", code, reason };
}

interface Start {
  readonly seq: number;
  readonly base: BasePosition | null;
  readonly isBase: boolean;
  readonly reason: Welcome["reason"];
  /** The client may hold what this relay lost. */
  readonly isAhead: boolean;
}

async function startOf(services: RelayServices, session: Session, scope: Scope, text: string | null): Promise<Start> {
  const { store, schema, cursors, pages } = services;
  const sent = text === null ? null : (cursors.decode(text) ?? undefined);
  const decision = await decideStart(store, scope.hash, schema.hash, sent);
  if (decision.start === "resume") {
    const { seq, base } = decision.cursor;
    return { seq, base, isBase: base !== null, reason: null, isAhead: false };
  }
  if (decision.start === "rewound") await services.openEpoch(decision.healSeq, session);
  const from = { seq: (await store.head()).seq, base: pages.firstPosition(scope), isBase: true } as const;
  const reason = decision.start === "rewound" ? "epoch" : decision.reason;
  // Nothing tells how far another history, or another relay's, went along with this one.
  return { ...from, reason, isAhead: reason === "epoch" || reason === "invalid" };
}

async function bindClientIds({ store }: RelayServices, hello: Hello): Promise<[Set<number>, readonly number[]]> {
  const bound = new Set<number>();
  const refused: number[] = [];
  for (const clientId of new Set(hello.clientIds)) {
    if (await store.bindClientId(clientId, hello.replica)) bound.add(clientId);
    else refused.push(clientId);
  }
  return [bound, refused];
}

function counts({ schema, recordCounts }: RelayServices, scope: Scope): Promise<number[]> {
  return Promise.all(schema.models.map((model) => (scope.canSeeSome(model) ? recordCounts(model.name) : 0)));
}
