/**
 * A relay: the replica that clients meet at. Composes store, pipeline, sessions and reads.
 */
import { randomBytes } from "node:crypto";
import { createStampClock, defaultGuardCaps, keyOf, keyValues } from "@tributary/model";
import { type Auth, CloseCode, defaultLimits, type Limits } from "@tributary/protocol";
import type { SchemaDescription } from "@tributary/schema";
import { openRelayStore, type RelayStore, type StorageAdapter } from "@tributary/storage";
import { type Committed, createCommitPipeline } from "./commit-pipeline.ts";
import { createCursorCodec } from "./cursor.ts";
import { type Logger, silentLogger } from "./logger.ts";
import { createPageReader } from "./page-reader.ts";
import { createRecordCounts } from "./record-counts.ts";
import { createRecordReader, storedRecord } from "./record-reader.ts";
import { createRelayClock, type RelayClock } from "./relay-clock.ts";
import type { Authentication, CommittedChange, Relay } from "./relay-port.ts";
import type { Counter, RelayServices } from "./relay-services.ts";
import { createSession, type Session } from "./session.ts";
import { createTurnDelivery, type TurnDelivery } from "./turn-delivery.ts";
import { writeRequest } from "./write-request.ts";

export interface RelayOptions {
  readonly schema: SchemaDescription;
  /** Not opened yet; the relay opens it, and closes it when it stops. */
  readonly adapter: StorageAdapter;
  /** Opens models without `@auth` to everybody. */
  readonly sandbox: boolean;
  readonly authenticate: (auth: Auth) => Promise<Authentication>;
  /** ms since 1970. Default `Date.now`. */
  readonly now?: () => number;
  readonly log?: Logger;
  readonly limits?: Partial<Limits>;
  /** How far ahead of the relay's clock a stamp may be, in ms. Default 60,000. */
  readonly driftMs?: number;
  /** How long a change can be asked for as a delta, in ms. Default 30 minutes. */
  readonly deltaLifetimeMs?: number;
  /** How long a deleted record is remembered, in ms. Default 30 days. */
  readonly tombstoneLifetimeMs?: number;
  /** Default 10,000 ms. */
  readonly helloTimeoutMs?: number;
  /** Unsent bytes at which a session is taken for a slow reader. Default 8 MiB. */
  readonly maxBufferedBytes?: number;
  /** Bytes of pushes without an answer at which a session is ended. Default 32 MiB. */
  readonly maxPendingBytes?: number;
  /** Bytes to which a record's document may grow. Default 8 MiB. */
  readonly maxDocumentBytes?: number;
  /** How often sessions are looked through for credentials that expire, in ms. Default one second; 0 for never. */
  readonly credentialCheckMs?: number;
  /** How often lifetimes are looked after, in ms. Default one minute; 0 for never. */
  readonly expiryIntervalMs?: number;
}

const MIB = 1024 * 1024;
const MAX_REFUSALS = 1000;
const EXPIRY_ROWS = 500;

/** Whose the client ids of the relay's own starts are. A hello's replica has a name. */
const RELAY_REPLICA = "";

/** Opens the store and starts. Rejects with a `StorageError` when the store cannot be opened. */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const { schema, sandbox } = options;
  const wallClock = options.now ?? Date.now;
  const log = options.log ?? silentLogger;
  const driftMs = options.driftMs ?? 60_000;
  const deltaLifetimeMs = options.deltaLifetimeMs ?? 30 * 60_000;
  const store = await openRelayStore({ adapter: options.adapter, schema, keyOf, keyValues, randomHex, now: wallClock });
  const clock = createRelayClock(wallClock, store.clockFloor);
  const sessions = new Set<Session>();
  const listeners = new Set<(changes: readonly CommittedChange[]) => void>();
  const counters: Record<Counter, number> = {
    pushesAccepted: 0,
    pushesRefused: 0,
    changesCommitted: 0,
    changesDelivered: 0,
    bytesSent: 0,
    slowReadersDropped: 0,
  };
  let openingEpoch: Promise<void> | null = null;
  let committedSeq = (await store.head()).seq;

  const pipeline = createCommitPipeline({
    store,
    schema,
    clock,
    sandbox,
    caps: defaultGuardCaps,
    maxDocumentBytes: options.maxDocumentBytes ?? 8 * MIB,
    driftMs,
    deltaLifetimeMs,
    defer: setImmediate,
    onCommit: fanOut,
    onFault: (error) => log.error({ err: error }, "fan-out failed"),
  });

  const services: RelayServices = {
    schema,
    store,
    pipeline,
    pages: createPageReader(schema, store),
    recordCounts: createRecordCounts(schema, store, wallClock),
    cursors: createCursorCodec(store.secret),
    clock,
    limits: { ...defaultLimits, ...options.limits },
    log,
    sandbox,
    driftMs,
    helloTimeoutMs: options.helloTimeoutMs ?? 10_000,
    maxBufferedBytes: options.maxBufferedBytes ?? 8 * MIB,
    maxPendingBytes: options.maxPendingBytes ?? 32 * MIB,
    maxRefusals: MAX_REFUSALS,
    sessions,
    randomHex,
    authenticate: options.authenticate,
    after(ms, action) {
      const timer = setTimeout(action, ms);
      return () => clearTimeout(timer);
    },
    breathe,
    committedSeq: () => committedSeq,
    count(counter, by = 1) {
      counters[counter] += by;
    },
    takeOver(replica, principal, by) {
      const others = [...sessions].filter((session) => session !== by && session.holder?.replica === replica);
      if (others.some((session) => session.holder?.principal !== principal)) return false;
      for (const session of others) session.end(CloseCode.takenOver, "the replica connected anew", null);
      return true;
    },
    openEpoch(healSeq, by) {
      openingEpoch ??= openEpoch(healSeq, by).finally(() => {
        openingEpoch = null;
      });
      return openingEpoch;
    },
  };

  async function openEpoch(healSeq: number, by: Session): Promise<void> {
    await store.openEpoch(randomHex(8), healSeq);
    log.warn({ epoch: store.epoch, healSeq }, "the database was rewound: a new history begins");
    for (const session of [...sessions]) {
      if (session !== by && session.holder !== null) session.end(CloseCode.tryAgain, "a new history begins", 0);
    }
  }

  function tell(session: Session, delivery: TurnDelivery): void {
    try {
      session.turn(delivery);
    } catch (error) {
      session.fail(error);
    }
  }

  function fanOut(committed: readonly Committed[]): void {
    counters.changesCommitted += committed.length;
    committedSeq = committed.at(-1)?.after.seq ?? committedSeq;
    const delivery = createTurnDelivery(schema, committed);
    const authors = new Set(committed.map((change) => change.source));
    // Readers first: whoever wrote has the change already.
    const members = [...sessions];
    for (const session of members) if (!authors.has(session)) tell(session, delivery);
    for (const session of members) if (authors.has(session)) tell(session, delivery);
    if (committed.length === 0 || listeners.size === 0) return;
    const events = committed.map(committedChange);
    for (const listener of [...listeners]) {
      try {
        listener(events);
      } catch (error) {
        log.error({ err: error }, "a listener to commits failed");
      }
    }
  }

  const writer = {
    schema,
    clientId: await bindOwnClientId(store),
    stamps: createStampClock({ now: () => clock.now() }),
  };
  const stopExpiry = startExpiry(store, clock, log, {
    everyMs: options.expiryIntervalMs ?? 60_000,
    deltaLifetimeMs,
    tombstoneLifetimeMs: options.tombstoneLifetimeMs ?? 30 * 24 * 3_600_000,
  });

  const stopTicks = every(options.credentialCheckMs ?? 1000, () => {
    const now = clock.now();
    for (const session of [...sessions]) session.tick(now);
  });

  return {
    schema,
    get epoch() {
      return store.epoch;
    },
    records: createRecordReader({
      schema,
      store,
      clock,
      sandbox,
      deltaLifetimeMs,
      committingAt: pipeline.committingAt,
      breathe,
    }),
    connect: (socket) => createSession(socket, services),
    async submit(identity, writes) {
      const [outcomes = []] = await pipeline.submit(writeRequest(writer, identity, writes));
      return outcomes;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stats: () => ({ sessions: sessions.size, headSeq: committedSeq, ...counters }),
    async stop() {
      stopExpiry();
      stopTicks();
      for (const session of [...sessions]) session.end(CloseCode.goingAway, "the relay is stopping", 1000);
      await pipeline.idle();
      await store.close();
    },
  };
}

function committedChange({ operation, before, after, principal }: Committed): CommittedChange {
  return {
    operation,
    before: before === null ? null : storedRecord(before),
    after: storedRecord(after),
    principal,
  };
}

/** Lets the event loop go round once. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Answers the way to stop. Does not keep the process alive. */
function every(ms: number, action: () => void): () => void {
  if (ms === 0) return () => {};
  const timer = setInterval(action, ms);
  timer.unref();
  return () => clearInterval(timer);
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString("hex");
}

/** Draws the id that this start writes under. Nobody else ever gets it, also when this start is over (N5). */
async function bindOwnClientId(store: RelayStore): Promise<number> {
  let clientId = randomClientId();
  while (!(await store.bindClientId(clientId, RELAY_REPLICA))) clientId = randomClientId();
  return clientId;
}

/** 53 random bits (N1). */
function randomClientId(): number {
  const bytes = randomBytes(8);
  return (bytes.readUInt32BE(0) & 0x1fffff) * 2 ** 32 + bytes.readUInt32BE(4);
}

function startExpiry(
  store: RelayStore,
  clock: RelayClock,
  log: Logger,
  options: { readonly everyMs: number; readonly deltaLifetimeMs: number; readonly tombstoneLifetimeMs: number },
): () => void {
  let isRunning = false;
  const run = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    try {
      const now = clock.now();
      let examined = EXPIRY_ROWS;
      while (examined === EXPIRY_ROWS && isRunning) {
        examined = await store.expire({
          deltasBefore: now - options.deltaLifetimeMs,
          tombstonesBefore: now - options.tombstoneLifetimeMs,
          limit: EXPIRY_ROWS,
        });
        await breathe();
      }
    } catch (error) {
      log.error({ err: error }, "expiry failed; it is tried again");
    }
    isRunning = false;
  };
  const stop = every(options.everyMs, () => void run());
  return () => {
    stop();
    isRunning = false;
  };
}
