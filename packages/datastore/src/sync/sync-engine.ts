/**
 * The sync engine: the driver of `stepSync` over a socket, a timer and the local database.
 *
 * What arrives is applied in order, one message after the other; pushes go out as the outbox fills. The engine holds a
 * window of outbox entries and one page at a time (I11).
 */
import type { StampClock } from "@tributary/model";
import {
  type Auth,
  CloseCode,
  decodeRelayMessage,
  encodeClientMessage,
  nameOf,
  type Page,
  PROTOCOL_VERSION,
  type RecordName,
  type RelayMessage,
  type Turn,
  type Welcome,
} from "@tributary/protocol";
import type { OutboxEntry, RefusedChange, ReplicaStore } from "@tributary/storage";
import type { LocalDatabase } from "../local/local-database.ts";
import {
  drawClientId,
  forkedMeta,
  freshClientIdMeta,
  identityOf,
  isForked,
  metaNames,
  newIdentityMeta,
  pushedOf,
  type RandomSource,
} from "../local/replica-identity.ts";
import type { ApplyContext } from "./apply-context.ts";
import { applyPage } from "./apply-page.ts";
import { type AnsweredPush, applyTurn } from "./apply-turn.ts";
import { type BaseProgress, baseProgressMeta, baseProgressOf } from "./base-progress.ts";
import { allEntries } from "./outbox-pushes.ts";
import { createOutboxSender, type OutboxSender } from "./outbox-sender.ts";
import { resetRecords } from "./reset-records.ts";
import { SyncFault } from "./sync-fault.ts";
import type { SocketEvents, SyncSocket } from "./sync-socket.ts";
import { type SyncEffect, type SyncEvent, type SyncState, stepSync } from "./sync-state.ts";

/** What the engine tells the datastore. */
export interface SyncListener {
  onState(state: SyncState): void;
  /** Everything the relay had at the start of the session is here. */
  onReady(): void;
  onProgress(progress: { readonly model: string; readonly received: number; readonly total: number | null }): void;
  onModelSynced(model: string): void;
  onRefused(refused: readonly RefusedChange[]): void;
  onAcknowledged(entries: readonly OutboxEntry[]): void;
  /** A `SyncFault` where the relay's end of the connection is at fault. */
  onError(error: unknown): void;
}

export interface SyncEngineOptions {
  readonly store: ReplicaStore;
  readonly database: LocalDatabase;
  readonly stamps: StampClock;
  readonly nonce: string;
  /** Models kept on this device only. */
  readonly localModels: ReadonlySet<string>;
  readonly takeNumber: () => number;
  readonly random: RandomSource;
  readonly now: () => number;
  readonly auth: () => Promise<Auth>;
  readonly agent: string;
  readonly openSocket: (events: SocketEvents) => SyncSocket;
  /** Runs `action` later; answers the way to call it off. */
  readonly after: (ms: number, action: () => void) => () => void;
  readonly listener: SyncListener;
}

export interface SyncEngine {
  start(): void;
  /** Ends the session; resolves when nothing of it is under way. */
  stop(): Promise<void>;
  /** The outbox has new entries. */
  queued(): void;
  /** The network may be there again: do not wait for the next try. */
  online(): void;
  readonly state: SyncState;
}

/** A push that keeps missing its base is given up after so many replays of its record. */
const MAX_REPLAYS = 4;

/** A relay that wants to be left alone for longer is asked again after this, in ms. */
const MAX_HOLD_MS = 300_000;

/** One connection and what it knows. */
interface Connection {
  readonly socket: SyncSocket;
  readonly sender: OutboxSender;
  welcome: Welcome | null;
  isFresh: boolean;
  progress: BaseProgress;
  received: number;
  bye: { readonly code: number; readonly message: string; readonly retryAfterMs: number | null } | null;
  /** Nothing is sent until the relay wants to hear again of what it refused. */
  isHolding: boolean;
}

export function createSyncEngine(options: SyncEngineOptions): SyncEngine {
  const { store, database, listener, random } = options;
  let state: SyncState = { name: "stopped" };
  let connection: Connection | null = null;
  let cancelTimer: () => void = () => {};
  let cancelHold: () => void = () => {};
  let work: Promise<void> = Promise.resolve();
  let isPushing = false;
  let isIndexed = true;
  /** What the listener heard of last, since the app's last start and since the engine was last live. */
  let reported: string | null = null;
  const replays = new Map<string, number>();

  function dispatch(event: SyncEvent): void {
    const jitter = (random.bytes(1)[0] ?? 0) / 256;
    const step = stepSync(state, event, jitter);
    const isNew = step.state.name !== state.name;
    state = step.state;
    for (const effect of step.effects) perform(effect);
    if (state.name === "live") reported = null;
    if (isNew) listener.onState(state);
  }

  function perform(effect: SyncEffect): void {
    switch (effect.do) {
      case "connect":
        connect();
        return;
      case "hello":
        inOrder(sendHello);
        return;
      case "pull":
        connection?.socket.send(encodeClientMessage({ type: "pull", pages: effect.pages }));
        return;
      case "push":
        push();
        return;
      case "fork":
        inOrder(takeNewIdentity);
        return;
      case "replayAll":
        inOrder(replayOutbox);
        return;
      case "announceReady":
        // Unless a replay failed, which comes before it.
        inOrder(async () => {
          if (state.name === "live") listener.onReady();
        });
        return;
      case "disconnect":
        cancelTimer();
        disconnect();
        return;
      case "reconnectAfter":
        cancelTimer();
        cancelTimer = options.after(effect.ms, () => inOrder(async () => dispatch({ type: "timeout" })));
        return;
      case "report":
        report(new SyncFault(effect.code, effect.reason));
        return;
    }
  }

  /** Once for as long as it lasts: each try ends with it anew. */
  function report(error: unknown): void {
    if (String(error) === reported) return;
    reported = String(error);
    listener.onError(error);
  }

  /** Work on the database happens one piece after the other, in the order its causes came. */
  function inOrder(piece: () => Promise<void>): void {
    work = work.then(piece).catch((error: unknown) => {
      report(error);
      disconnect();
      dispatch({ type: "lost", code: 1006, reason: String(error), retryAfterMs: null });
    });
  }

  function connect(): void {
    const events: SocketEvents = {
      onOpen: () => {
        if (connection === own) dispatch({ type: "opened" });
      },
      onFrame: (frame) => {
        if (connection !== own) return;
        inOrder(async () => {
          if (connection === own) await receive(own, decodeRelayMessage(frame));
        });
      },
      onClose: (code, reason) => {
        inOrder(async () => {
          if (connection !== own) return;
          connection = null;
          cancelHold();
          dispatch({
            type: "lost",
            code: own.bye?.code ?? code,
            reason: own.bye?.message ?? reason,
            retryAfterMs: own.bye?.retryAfterMs ?? null,
          });
        });
      },
    };
    const own: Connection = {
      socket: options.openSocket(events),
      sender: createOutboxSender(store),
      welcome: null,
      isFresh: false,
      progress: { dropsUnlisted: false, lastKey: null },
      received: 0,
      bye: null,
      isHolding: false,
    };
    connection = own;
  }

  function disconnect(): void {
    const { socket } = connection ?? {};
    connection = null;
    cancelHold();
    socket?.close();
  }

  async function sendHello(): Promise<void> {
    const own = connection;
    const identity = identityOf(store);
    if (own === null || identity === null) return;
    own.isFresh = await store.isEmpty();
    const auth = await options.auth();
    if (connection !== own) return;
    own.socket.send(
      encodeClientMessage({
        type: "hello",
        protocol: PROTOCOL_VERSION,
        agent: options.agent,
        features: [],
        replica: identity.replica,
        clientIds: identity.clientIds.slice(),
        auth,
        schemaHash: store.schema.hash,
        cursor: store.meta.get(metaNames.cursor) ?? null,
        isEmpty: own.isFresh,
        acknowledged: pushedOf(store),
        models: store.schema.models.map((model) => model.name).filter((name) => !options.localModels.has(name)),
        expressions: {},
      }),
    );
  }

  async function receive(own: Connection, message: RelayMessage): Promise<void> {
    switch (message.type) {
      case "welcome":
        await receiveWelcome(own, message);
        return;
      case "page":
        await receivePage(own, message);
        return;
      case "turn":
        await receiveTurn(own, message);
        return;
      case "synced":
        await database.run(async (workspace) =>
          workspace.setMeta({ [metaNames.cursor]: message.cursor, ...baseProgressMeta(null) }),
        );
        await setIndexed(true);
        dispatch({ type: "caughtUp" });
        return;
      case "claimRefused":
        await replayUnder(drawClientId(random));
        return;
      case "bye":
        own.bye = message;
        return;
      case "authExpiring":
        own.socket.send(encodeClientMessage({ type: "reauthenticate", auth: await options.auth() }));
        return;
    }
  }

  async function receiveWelcome(own: Connection, welcome: Welcome): Promise<void> {
    own.welcome = welcome;
    const knownPrincipal = store.meta.get(metaNames.principal);
    if (knownPrincipal !== undefined && knownPrincipal !== welcome.principal) {
      const message = `this database belongs to ${knownPrincipal}, not to ${welcome.principal}; clear it or open another`;
      own.bye = { code: CloseCode.forbidden, message, retryAfterMs: null };
      own.socket.close();
      return;
    }
    // A skew that the relay tolerates is left alone: measuring it is no more exact than the way the message took.
    const skewMs = welcome.timeMs - options.now();
    options.stamps.setOffset(Math.abs(skewMs) > welcome.driftMs / 2 ? skewMs : 0);
    if (!(await isKnownPush(welcome))) {
      dispatch({ type: "forked" });
      return;
    }
    if (welcome.start === "base") {
      // What a relay does not list is gone, unless this client may hold what the relay lost (H1).
      const begins = { dropsUnlisted: !own.isFresh && !welcome.isAhead, lastKey: null };
      own.progress = (welcome.reason === null ? baseProgressOf(store) : null) ?? begins;
      if (own.isFresh) await setIndexed(false);
    }
    const progress = welcome.start === "base" ? own.progress : null;
    await database.run(async (workspace) =>
      workspace.setMeta({
        [metaNames.epoch]: welcome.epoch,
        [metaNames.principal]: welcome.principal,
        ...baseProgressMeta(progress),
      }),
    );
    dispatch({ type: "welcomed", isForked: isForked(store) });
  }

  /** A first sync goes without indexes, over as many connections as it takes. An opening of the database builds what is missing, too. */
  async function setIndexed(next: boolean): Promise<void> {
    if (next === isIndexed) return;
    await store.setIndexed(next);
    isIndexed = next;
  }

  /** A push the relay took that this database knows nothing of proves that it was rewound or copied (N2). */
  async function isKnownPush(welcome: Welcome): Promise<boolean> {
    const { lastPush } = welcome;
    if (lastPush === null) return true;
    const pushed = pushedOf(store);
    if (pushed !== null && pushed.n === lastPush.n && pushed.nonce === lastPush.nonce) return true;
    if (pushed !== null && pushed.n > lastPush.n && store.meta.get(metaNames.epoch) !== welcome.epoch) return true;
    const [entry] = await store.outboxAfter(lastPush.n - 1, 1);
    return entry !== undefined && entry.n === lastPush.n && entry.nonce === lastPush.nonce;
  }

  async function receivePage(own: Connection, page: Page): Promise<void> {
    const { welcome } = own;
    if (welcome === null) return;
    const context = contextOf(welcome);
    let isFresh = own.isFresh;
    own.progress = await database.run((workspace) => {
      const isFirstTry = isFresh;
      isFresh = false;
      return applyPage(context, workspace, page, { isFresh: isFirstTry, progress: own.progress });
    });
    own.received += page.records.length;
    const model = welcome.models[page.model] ?? "";
    const count = welcome.counts[page.model] ?? -1;
    listener.onProgress({ model, received: own.received, total: count < 0 ? null : count });
    if (page.isLast) {
      own.received = 0;
      listener.onModelSynced(model);
    }
    dispatch({ type: "received", isPage: true });
  }

  async function receiveTurn(own: Connection, turn: Turn): Promise<void> {
    const { welcome } = own;
    if (welcome === null) return;
    const answered = own.sender.match(turn.answers);
    const context = contextOf(welcome);
    const result = await database.run((workspace) => applyTurn(context, workspace, turn, answered));
    if (result.refused.length > 0) listener.onRefused(result.refused);
    const acknowledged = answered.filter((push) => push.answer.kind === "ack").flatMap((push) => push.entries);
    if (acknowledged.length > 0) {
      for (const entry of acknowledged) replays.delete(nameOf(entry));
      listener.onAcknowledged(acknowledged);
    }
    if (result.wanted.length > 0)
      own.socket.send(encodeClientMessage({ type: "want", records: result.wanted.slice() }));
    await dealWithRejected(own);
    dispatch({ type: "received", isPage: turn.more });
    if (answered.length > 0) dispatch({ type: "answered" });
  }

  /** At once, or when the relay wants to hear of it again. Answers whether sending may go on. */
  async function dealWithRejected(own: Connection): Promise<boolean> {
    const rejected = own.sender.rejected();
    if (rejected === null || own.isHolding) return false;
    const holdMs = longestHoldMs(rejected);
    if (holdMs === 0) {
      await resolveRejected(own, rejected);
      return true;
    }
    own.isHolding = true;
    cancelHold = options.after(holdMs, () =>
      inOrder(async () => {
        if (connection !== own) return;
        own.isHolding = false;
        await resolveRejected(own, rejected);
        push();
      }),
    );
    return false;
  }

  async function resolveRejected(own: Connection, rejected: readonly AnsweredPush[]): Promise<void> {
    const clientId = drawClientId(random);
    for (const { answer } of rejected) {
      if (answer.kind === "refused" && answer.code === "drift") options.stamps.setOffset(answer.timeMs - options.now());
    }
    const again = new Set(rejected.filter((push) => mayReplay(push)));
    const refused = await database.run(async (workspace) => {
      workspace.setMeta(freshClientIdMeta(store, clientId));
      return resetRecords(contextOf(own.welcome), workspace, {
        clientId,
        rejected,
        mayReplay: (push) => again.has(push),
        records: [],
      });
    });
    own.sender.resolved();
    own.socket.send(encodeClientMessage({ type: "claim", clientId, record: null }));
    if (refused.length > 0) listener.onRefused(refused);
  }

  function mayReplay({ entries, answer }: AnsweredPush): boolean {
    if (answer.kind === "ack" || (answer.kind === "refused" && !answer.replay)) return false;
    let mostReplays = 0;
    for (const entry of entries) {
      const name = nameOf(entry);
      const count = (replays.get(name) ?? 0) + 1;
      replays.set(name, count);
      mostReplays = Math.max(mostReplays, count);
    }
    return mostReplays <= MAX_REPLAYS;
  }

  /** A new replica id and client id; the relay is met again under them before anything is replayed (N2). */
  async function takeNewIdentity(): Promise<void> {
    await database.run(async (workspace) => {
      workspace.setMeta({ ...newIdentityMeta(random), ...forkedMeta(true), [metaNames.pushed]: "" });
    });
  }

  /** After a fork: every unsent change is done again on the relay's state. */
  async function replayOutbox(): Promise<void> {
    const identity = identityOf(store);
    if (identity !== null) await replayUnder(identity.clientId, forkedMeta(false));
  }

  async function replayUnder(clientId: number, meta: Readonly<Record<string, string>> = {}): Promise<void> {
    const own = connection;
    const records = new Map<string, RecordName>();
    for (const { model, key } of await allEntries(store)) records.set(nameOf({ model, key }), { model, key });
    await database.run(async (workspace) => {
      workspace.setMeta(meta);
      if (identityOf(store)?.clientId !== clientId) workspace.setMeta(freshClientIdMeta(store, clientId));
      return resetRecords(contextOf(own?.welcome ?? null), workspace, {
        clientId,
        rejected: [],
        mayReplay: () => true,
        records: [...records.values()],
      });
    });
    own?.sender.resolved();
    own?.socket.send(encodeClientMessage({ type: "claim", clientId, record: null }));
  }

  function push(): void {
    if (isPushing) return;
    isPushing = true;
    inOrder(async () => {
      isPushing = false;
      const own = connection;
      if (own === null || own.welcome === null) return;
      for (const { nonce, pushes } of await own.sender.next(own.welcome.limits)) {
        own.socket.send(
          encodeClientMessage({ type: "push", settled: own.sender.settled, nonce, pushes: pushes.slice() }),
        );
      }
      // Rejected here, without a turn from the relay to go on with.
      if (await dealWithRejected(own)) push();
    });
  }

  function contextOf(welcome: Welcome | null): ApplyContext {
    const { stamps, nonce, takeNumber, now } = options;
    return { schema: store.schema, store, models: welcome?.models ?? [], now, stamps, nonce, takeNumber };
  }

  return {
    get state() {
      return state;
    },
    start() {
      reported = null;
      dispatch({ type: "start" });
    },
    async stop() {
      dispatch({ type: "stop" });
      await work;
    },
    queued: () => dispatch({ type: "queued" }),
    online: () => dispatch({ type: "online" }),
  };
}

function longestHoldMs(rejected: readonly AnsweredPush[]): number {
  const holds = rejected.map(({ answer }) => (answer.kind === "refused" && answer.replay ? answer.retryAfterMs : 0));
  return Math.min(MAX_HOLD_MS, Math.max(0, ...holds));
}
