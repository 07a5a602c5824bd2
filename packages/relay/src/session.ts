/**
 * One session: the driver of `stepSession` over a socket.
 *
 * It greets, sends pages and turns, and hands pushes to the pipeline. It owns no timer once the hello is in, holds no
 * document, and buffers nothing for a slow reader: a socket that does not drain is closed, and its client resumes by cursor.
 * It reads one page at a time, and lets everybody else have a turn before the next.
 */
import { principalOf } from "@tributary/model";
import {
  type Answer,
  type ClientMessage,
  CloseCode,
  decodeClientMessage,
  encodeRelayMessage,
  encodeTurn,
  type Hello,
  nameOf,
  ProtocolError,
  type Push,
  type RecordName,
  type RelayMessage,
} from "@tributary/protocol";
import { createBacklog } from "./backlog.ts";
import { encodeTombstone, type RecordMoment } from "./change-encoder.ts";
import type { BasePosition } from "./cursor.ts";
import { greet, type Member } from "./greet.ts";
import { pushBytes, pushRequest, settleRequest } from "./push-request.ts";
import type { RelaySession, RelaySocket } from "./relay-port.ts";
import type { RelayServices } from "./relay-services.ts";
import { createScope } from "./scope.ts";
import { type SessionEffect, type SessionEvent, type SessionPhase, stepSession } from "./session-phase.ts";
import { createTaskLine } from "./task-line.ts";
import type { TurnDelivery } from "./turn-delivery.ts";

/** What the relay does with its sessions besides handing them frames. */
export interface Session extends RelaySession {
  /** Whom it stands for, from the moment that is known. */
  readonly holder: Holder | null;
  /** Hears of a finished turn. */
  turn(delivery: TurnDelivery): void;
  /** Hears now and then what time it is, for the end of its credentials. */
  tick(nowMs: number): void;
  end(code: number, message: string, retryAfterMs: number | null): void;
  /** Ends for a fault that is not the client's. */
  fail(error: unknown): void;
}

export interface Holder {
  readonly replica: string;
  readonly principal: string;
}

/** How long before its end a credential is said to expire. */
const EXPIRY_NOTICE_MS = 60_000;

/** Client ids of one session, and claims it may have under way. An opened document takes one. */
const MAX_CLIENT_IDS = 1024;
const MAX_CLAIMS = 256;

/** Credentials that a session may have waiting to be looked at. It renews them once in their lifetime. */
const MAX_RENEWALS = 8;

/** Wants are answered one after the other; this many times the names of one may wait. */
const MAX_WANTS = 4;

/** Changes that a session did not see after which it gets a cursor all the same (F2). */
const UNSEEN_CHANGES = 1000;

export function createSession(socket: RelaySocket, services: RelayServices): Session {
  const { store, schema, pipeline, pages, cursors, clock, limits, log } = services;
  const backlog = createBacklog(socket);
  const modelNumbers = new Map(schema.models.map((model, i) => [model.name, i]));
  let phase: SessionPhase = { name: "greeting" };
  let member: Member | null = null;
  let holder: Holder | null = null;
  let answers: Answer[] = [];
  /** Tombstones that go with them. */
  let ends: Uint8Array[] = [];
  let pendingPushes = 0;
  let pendingBytes = 0;
  let refusals = 0;
  let isExpiryAnnounced = false;
  /** Where the last cursor stands that was sent. */
  let toldSeq = 0;
  let reads: Promise<void> = Promise.resolve();
  let wanted = 0;
  /** Records that live turns changed while a want is being read; null while none is. */
  let overtaken: Set<string> | null = null;
  const claims = createTaskLine(fail);
  const renewals = createTaskLine(fail);
  /** The client has every answer up to here, as it said without pushing. */
  let settled = 0;
  let isSettling = false;
  const cancelHelloTimer = services.after(services.helloTimeoutMs, () =>
    end(CloseCode.helloTimeout, `no hello within ${services.helloTimeoutMs} ms`, null),
  );

  const session: Session = {
    get holder() {
      return holder;
    },
    receive(frame) {
      if (isClosed()) return;
      try {
        const maxBytes = member === null ? limits.maxHelloBytes : limits.maxFrameBytes;
        if (frame.byteLength > maxBytes) {
          const message = `a frame of ${frame.byteLength} bytes is over the limit of ${maxBytes}`;
          throw new ProtocolError(CloseCode.tooLarge, message);
        }
        accept(decodeClientMessage(frame, limits));
      } catch (error) {
        fail(error);
      }
    },
    closed: leave,
    turn,
    tick,
    end,
    fail,
  };
  services.sessions.add(session);
  return session;

  function isClosed(): boolean {
    return phase.name === "closed";
  }

  function dispatch(event: SessionEvent): void {
    const step = stepSession(phase, event);
    phase = step.phase;
    for (const effect of step.effects) perform(effect);
  }

  function perform(effect: SessionEffect): void {
    switch (effect.do) {
      case "readPage":
        read((of) => sendPage(of, effect.position, effect.seq));
        return;
      case "readFeed":
        read((of) => sendFeed(of, effect.seq));
        return;
      case "synced":
        if (phase.name === "live") send({ type: "synced", cursor: cursorAt(phase.seq, null) });
        return;
      case "authenticate":
      case "deliver":
        return;
    }
  }

  /** One read after the other, each behind whatever else the relay has to do. */
  function read(task: (of: Member) => Promise<void>): void {
    reads = reads
      .then(services.breathe)
      .then(async () => {
        if (member !== null && !isClosed()) await task(member);
      })
      .catch(fail);
  }

  function accept(message: ClientMessage): void {
    if (message.type === "hello") {
      if (phase.name !== "greeting") throw new ProtocolError(CloseCode.malformed, "a second hello");
      dispatch({ type: "hello" });
      void begin(message).catch(fail);
      return;
    }
    if (member === null) throw new ProtocolError(CloseCode.malformed, `${message.type} before the welcome`);
    if (message.type !== "reauthenticate" && endExpired(clock.now())) return;
    switch (message.type) {
      case "push":
        push(member, message);
        return;
      case "pull":
        dispatch({ type: "pull", pages: message.pages });
        return;
      case "claim":
        claim(member, message.clientId);
        return;
      case "want":
        want(message.records);
        return;
      case "reauthenticate":
        renew(member, message.auth);
        return;
    }
  }

  async function begin(hello: Hello): Promise<void> {
    const greeting = await greet(services, { session, hello, isClosed, hold });
    if (isClosed()) return;
    if (greeting.outcome === "refused") {
      end(greeting.code, greeting.reason, null);
      return;
    }
    cancelHelloTimer();
    ({ member } = greeting);
    toldSeq = greeting.seq;
    send(greeting.welcome);
    for (const clientId of greeting.refusedClientIds) send({ type: "claimRefused", clientId });
    dispatch({ type: "welcomed", seq: greeting.seq, base: greeting.base });
  }

  function hold(by: Holder): boolean {
    const isFree = services.takeOver(by.replica, by.principal, session);
    if (isFree) holder = by;
    return isFree;
  }

  /** One after the other, so that the last of them counts. */
  function renew(of: Member, auth: Hello["auth"]): void {
    if (renewals.length >= MAX_RENEWALS) {
      throw new ProtocolError(CloseCode.tooLarge, `more than ${MAX_RENEWALS} credentials at once`);
    }
    renewals.add(() => reauthenticate(of, auth));
  }

  async function reauthenticate(of: Member, auth: Hello["auth"]): Promise<void> {
    if (isClosed()) return;
    const authentication = await services.authenticate(auth);
    if (isClosed()) return;
    if (authentication.outcome === "refused") {
      end(CloseCode.unauthenticated, authentication.reason, null);
      return;
    }
    const { identity, expiresAt } = authentication;
    if (principalOf(identity) !== principalOf(of.identity)) {
      end(CloseCode.forbidden, "the new credentials are another principal's", null);
    } else if (createScope(schema, identity, of.hello, services.sandbox).hash !== of.scope.hash) {
      end(CloseCode.tryAgain, "the new credentials see other records: connect with them", 0);
    } else {
      of.isAuthorizedUntil = expiresAt;
      isExpiryAnnounced = false;
    }
  }

  function tick(nowMs: number): void {
    if (member === null || isClosed() || endExpired(nowMs) || isExpiryAnnounced) return;
    const until = member.isAuthorizedUntil;
    if (until === null || until - nowMs > EXPIRY_NOTICE_MS) return;
    isExpiryAnnounced = true;
    send({ type: "authExpiring", inMs: until - nowMs });
  }

  function endExpired(nowMs: number): boolean {
    const until = member?.isAuthorizedUntil ?? null;
    if (until === null || until > nowMs) return false;
    end(CloseCode.unauthenticated, "the credentials expired; connect with fresh ones", null);
    return true;
  }

  /** Pushes behind a claim wait for it. */
  function claim(of: Member, clientId: number): void {
    if (of.clientIds.has(clientId)) return;
    if (of.clientIds.size >= MAX_CLIENT_IDS || claims.length >= MAX_CLAIMS) {
      throw new ProtocolError(CloseCode.tooLarge, `client id ${clientId} is one more than a session may write under`);
    }
    claims.add(async () => {
      if (isClosed()) return;
      if (await store.bindClientId(clientId, of.hello.replica)) of.clientIds.add(clientId);
      else send({ type: "claimRefused", clientId });
      // A session has heard by then of a push of its own that failed, and hands in nothing behind it (N3).
      await services.breathe();
    });
  }

  function push(of: Member, message: Push): void {
    if (message.pushes.length === 0) {
      settle(of, message.settled);
      return;
    }
    const bytes = pushBytes(message.pushes);
    pendingPushes += message.pushes.length;
    pendingBytes += bytes;
    if (pendingPushes > limits.maxPendingPushes) {
      throw new ProtocolError(CloseCode.tooLarge, `more than ${limits.maxPendingPushes} pushes without an answer`);
    }
    if (pendingBytes > services.maxPendingBytes) {
      end(CloseCode.tryAgain, `more than ${services.maxPendingBytes} bytes of pushes without an answer`, 1000);
      return;
    }
    const admitted = backlog.add(bytes);
    if (claims.length === 0) submit(of, message, bytes, admitted);
    else void claims.done().then(() => submit(of, message, bytes, admitted));
  }

  /** It weighs nothing and gets no answer: so one is in the pipeline at a time, and the next says what came meanwhile. */
  function settle(of: Member, upTo: number): void {
    if (upTo <= settled) return;
    settled = upTo;
    if (isSettling) return;
    isSettling = true;
    void forgetSettled(of).catch(fail);
  }

  async function forgetSettled(of: Member): Promise<void> {
    let told = 0;
    while (told < settled && !isClosed()) {
      told = settled;
      await pipeline.submit(settleRequest(of.hello.replica, told), session);
    }
    isSettling = false;
  }

  function submit(of: Member, message: Push, bytes: number, admitted: () => void): void {
    if (isClosed()) return;
    const origin = {
      replica: of.hello.replica,
      nonce: message.nonce,
      settled: message.settled,
      writer: { identity: of.identity, isOwnClientId: (clientId: number) => of.clientIds.has(clientId) },
    };
    const request = pushRequest(origin, message.pushes, bytes, { admitted, deliver: answer });
    void pipeline
      .submit(request, session)
      .then(() => {
        pendingBytes -= bytes;
      })
      .catch(fail);
  }

  function answer(given: Answer, ended: RecordMoment | null): void {
    pendingPushes--;
    if (given.kind === "ack") services.count("pushesAccepted");
    else services.count("pushesRefused");
    if (isClosed()) return;
    answers.push(given);
    const model = ended === null ? undefined : modelNumbers.get(ended.model);
    if (ended !== null && model !== undefined) ends.push(encodeTombstone(ended, model));
    if (given.kind === "ack") return;
    refusals++;
    log.info({ replica: holder?.replica, answer: given }, "push refused");
  }

  function turn(delivery: TurnDelivery): void {
    if (member === null || isClosed() || endExpired(clock.now())) return;
    for (const { after } of delivery.committed) overtaken?.add(nameOf(after));
    const seenSeq = phase.name === "live" ? phase.seq : null;
    const { firstSeq, lastSeq } = delivery;
    if (lastSeq > 0) dispatch({ type: "committed", firstSeq, lastSeq });
    // A session that is not in step gets its answers only; its changes come with what it reads from the feed.
    if (seenSeq !== null && phase.name === "live") deliver(member, delivery, seenSeq, phase.seq);
    else if (answers.length > 0) write(encodeTurn({ ...takeAnswers(), cursor: null, more: false }));
    if (refusals > services.maxRefusals) {
      end(CloseCode.tooManyRefusals, `${refusals} pushes refused in one session`, 60_000);
    }
  }

  /** Sends what the turn brought behind `seenSeq`, with a cursor at `seq`. */
  function deliver(of: Member, delivery: TurnDelivery, seenSeq: number, seq: number): void {
    // Whoever handed in some of the changes has answers.
    const isShared = answers.length === 0 && seenSeq < delivery.firstSeq;
    if (isShared) {
      const frame = delivery.frame(of.scope, () => cursorAt(seq, null));
      if (frame !== null) writeChanges(frame.bytes, frame.changes, seq);
      else if (seq - toldSeq >= UNSEEN_CHANGES) sendTurn([], seq);
      return;
    }
    const messages = delivery.messages(of.scope, session, seenSeq);
    if (messages.length > 0 || answers.length > 0) sendTurn(messages, seq);
  }

  function sendTurn(changes: readonly Uint8Array[], seq: number): void {
    const frame = encodeTurn({ ...takeAnswers(changes), cursor: cursorAt(seq, null), more: false });
    writeChanges(frame, changes.length, seq);
  }

  function writeChanges(frame: Uint8Array, changes: number, seq: number): void {
    write(frame);
    services.count("changesDelivered", changes);
    toldSeq = seq;
  }

  /** With what they need in front of the changes they come with. */
  function takeAnswers(behind: readonly Uint8Array[] = []): { answers: Answer[]; changes: readonly Uint8Array[] } {
    const taken = { answers, changes: ends.length === 0 ? behind : [...ends, ...behind] };
    [answers, ends] = [[], []];
    return taken;
  }

  async function sendPage({ scope, hasSameSchema, hello }: Member, position: BasePosition, seq: number): Promise<void> {
    const page = await pages.readBase(scope, position, { withRows: hasSameSchema, withTombstones: !hello.isEmpty });
    if (phase.name !== "base") return;
    send({
      type: "page",
      model: modelNumbers.get(position.model) ?? 0,
      records: page.records,
      isLast: page.isLast,
      cursor: cursorAt(seq, page.next),
    });
    services.count("changesDelivered", page.records.length);
    dispatch({ type: "pageRead", next: page.next });
  }

  async function sendFeed({ scope }: Member, afterSeq: number): Promise<void> {
    const page = await pages.readFeed(scope, afterSeq, services.committedSeq());
    // Asked behind the page: what was forgotten before it was read is known now.
    await store.head();
    if (phase.name !== "catchUp") return;
    if (store.expiredSeq > afterSeq) {
      end(CloseCode.tryAgain, "deletions were forgotten that this session had not heard of yet", 0);
      return;
    }
    const wasSent = page.messages.length > 0;
    if (wasSent) {
      const cursor = cursorAt(page.seq, null);
      const frame = encodeTurn({ answers: [], changes: page.messages, cursor, more: true });
      writeChanges(frame, page.messages.length, page.seq);
    }
    // The head as of this moment: no commit can slip in between this look and the step to live.
    const isHead = page.seq >= Math.max(services.committedSeq(), page.latestSeq);
    dispatch({ type: "feedRead", seq: page.seq, isHead, wasSent });
  }

  function want(names: readonly RecordName[]): void {
    wanted += names.length;
    if (wanted > MAX_WANTS * limits.maxWantRecords) {
      throw new ProtocolError(CloseCode.tooLarge, `${wanted} records wanted before the first of them came`);
    }
    readWanted(names);
  }

  function readWanted(names: readonly RecordName[]): void {
    if (names.length === 0) return;
    read(async (of) => {
      overtaken = new Set();
      const { messages, count } = await pages.readWanted(of.scope, names);
      const known = overtaken;
      overtaken = null;
      if (isClosed()) return;
      // A live turn told of one of them while it was read: what was read may be older.
      if (names.slice(0, count).some((name) => known.has(nameOf(name)))) {
        readWanted(names);
        return;
      }
      wanted -= count;
      write(encodeTurn({ answers: [], changes: messages, cursor: null, more: false }));
      services.count("changesDelivered", messages.length);
      readWanted(names.slice(count));
    });
  }

  function cursorAt(seq: number, base: BasePosition | null): string {
    const { epoch, start } = store;
    const position = base === null ? null : { ...base, schemaHash: schema.hash };
    return cursors.encode({ epoch, start, seq, scope: member?.scope.hash ?? "", base: position });
  }

  function send(message: RelayMessage): void {
    write(encodeRelayMessage(message));
  }

  function write(frame: Uint8Array): void {
    if (isClosed()) return;
    if (socket.bufferedBytes > services.maxBufferedBytes) {
      services.count("slowReadersDropped");
      end(CloseCode.tryAgain, "the connection does not keep up; resume by cursor", 1000);
      return;
    }
    services.count("bytesSent", frame.byteLength);
    socket.send(frame);
  }

  function fail(error: unknown): void {
    if (isClosed()) return;
    if (error instanceof ProtocolError) {
      end(error.code, error.message, error.code === CloseCode.tryAgain ? 0 : null);
      return;
    }
    log.error({ err: error, replica: holder?.replica }, "session failed");
    end(CloseCode.tryAgain, "the relay could not complete this; try again", 1000);
  }

  function end(code: number, message: string, retryAfterMs: number | null): void {
    if (isClosed()) return;
    leave();
    try {
      socket.send(encodeRelayMessage({ type: "bye", code, message, retryAfterMs }));
      socket.close(code, message.slice(0, 100));
    } catch (error) {
      // The socket is past taking anything: the session is over all the same, and nobody else is to suffer for it.
      log.warn({ err: error }, "a session's socket failed while it was closed");
    }
  }

  function leave(): void {
    cancelHelloTimer();
    backlog.end();
    services.sessions.delete(session);
    holder = null;
    dispatch({ type: "closed" });
  }
}
