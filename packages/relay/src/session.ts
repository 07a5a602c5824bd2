/**
 * One session: the driver of `stepSession` over a socket.
 *
 * It authenticates, decides where the client continues, sends pages and turns, and hands pushes to the pipeline. It owns no
 * timer once the hello is in, holds no document, and buffers nothing for a slow reader: a socket that does not drain is
 * closed, and its client resumes by cursor.
 */
import { type Identity, principalOf } from "@tributary/model";
import {
  type Answer,
  type ClientMessage,
  CloseCode,
  decodeClientMessage,
  encodeChange,
  encodeRelayMessage,
  encodeTurn,
  type Hello,
  PROTOCOL_VERSION,
  ProtocolError,
  type Push,
  type RelayMessage,
} from "@tributary/protocol";
import { modelNamed } from "@tributary/schema";
import { type EncodedChange, encodeRecord, goneChange, type View } from "./change-encoder.ts";
import type { BasePosition } from "./cursor.ts";
import { pushRequest } from "./push-request.ts";
import type { RelaySession, RelaySocket } from "./relay-port.ts";
import type { RelayServices } from "./relay-services.ts";
import { createScope, type Scope } from "./scope.ts";
import { type SessionEffect, type SessionEvent, type SessionPhase, stepSession } from "./session-phase.ts";
import { decideStart } from "./session-start.ts";

/** What the relay does with its sessions besides handing them frames. */
export interface Session extends RelaySession {
  readonly replica: string | null;
  /** Hears of a finished turn. `frames` shares what sessions of one scope get alike. */
  turn(changes: readonly EncodedChange[], frames: SharedFrames): void;
  end(code: number, message: string, retryAfterMs: number | null): void;
}

/** Frames of the turn under way, by scope. */
export type SharedFrames = Map<string, Uint8Array | null>;

/** An authenticated session's lasting facts. */
interface Member {
  readonly hello: Hello;
  readonly identity: Identity;
  readonly scope: Scope;
  readonly clientIds: Set<number>;
  readonly hasSameSchema: boolean;
  isAuthorizedUntil: number | null;
}

const NO_MODELS: readonly number[] = [];

export function createSession(socket: RelaySocket, services: RelayServices): Session {
  const { store, schema, pipeline, pages, cursors, clock, limits, log } = services;
  const modelNumbers = new Map(schema.models.map((model, i) => [model.name, i]));
  let phase: SessionPhase = { name: "greeting" };
  let member: Member | null = null;
  let answers: Answer[] = [];
  let pendingPushes = 0;
  let refusals = 0;
  const cancelHelloTimer = services.after(services.helloTimeoutMs, () =>
    end(CloseCode.helloTimeout, `no hello within ${services.helloTimeoutMs} ms`, null),
  );

  const session: Session = {
    get replica() {
      return member?.hello.replica ?? null;
    },
    receive(frame) {
      if (phase.name === "closed") return;
      try {
        const maxBytes = member === null ? limits.maxHelloBytes : limits.maxFrameBytes;
        if (frame.byteLength > maxBytes)
          throw new ProtocolError(
            CloseCode.tooLarge,
            `a frame of ${frame.byteLength} bytes is over the limit of ${maxBytes}`,
          );
        accept(decodeClientMessage(frame, limits));
      } catch (error) {
        if (error instanceof ProtocolError) end(error.code, error.message, null);
        else fail(error);
      }
    },
    closed() {
      leave();
    },
    turn,
    end,
  };
  services.sessions.add(session);
  return session;

  function dispatch(event: SessionEvent): void {
    const step = stepSession(phase, event);
    phase = step.phase;
    for (const effect of step.effects) perform(effect);
  }

  function perform(effect: SessionEffect): void {
    switch (effect.do) {
      case "readPage":
        void sendPage(effect.position, effect.seq).catch(fail);
        return;
      case "readFeed":
        void sendFeed(effect.seq).catch(fail);
        return;
      case "synced":
        if (phase.name === "live") send({ type: "synced", cursor: cursorAt(phase.seq, null) });
        return;
      case "authenticate":
      case "deliver":
        return;
    }
  }

  function accept(message: ClientMessage): void {
    if (message.type === "hello") {
      if (phase.name !== "greeting") throw new ProtocolError(CloseCode.malformed, "a second hello");
      dispatch({ type: "hello" });
      void greet(message).catch(fail);
      return;
    }
    if (member === null) throw new ProtocolError(CloseCode.malformed, `${message.type} before the welcome`);
    switch (message.type) {
      case "push":
        push(member, message);
        return;
      case "pull":
        dispatch({ type: "pull", pages: message.pages });
        return;
      case "claim":
        void claim(member, message.clientId).catch(fail);
        return;
      case "want":
        void sendWanted(member, message.records).catch(fail);
        return;
      case "reauthenticate":
        void reauthenticate(member, message.auth).catch(fail);
        return;
    }
  }

  async function greet(hello: Hello): Promise<void> {
    if (hello.protocol !== PROTOCOL_VERSION) {
      end(
        CloseCode.unsupportedVersion,
        `this relay speaks protocol ${PROTOCOL_VERSION}, the client ${hello.protocol}`,
        null,
      );
      return;
    }
    const authentication = await services.authenticate(hello.auth);
    if (authentication.outcome === "refused") {
      end(CloseCode.unauthenticated, authentication.reason, null);
      return;
    }
    const scope = createScope(schema, authentication.identity, hello, services.sandbox);
    const known = await store.replica(hello.replica);
    if (known !== null && known.principal !== principalOf(authentication.identity)) {
      end(CloseCode.forbidden, "this replica belongs to another principal; open another database", null);
      return;
    }
    const clientIds = new Set<number>();
    for (const clientId of hello.clientIds) {
      if (await store.bindClientId(clientId, hello.replica)) clientIds.add(clientId);
      else send({ type: "claimRefused", clientId });
    }
    const sent = hello.cursor === null ? null : (cursors.decode(hello.cursor) ?? undefined);
    let decision = await decideStart(store, scope.hash, sent);
    if (decision.start === "rewound") {
      await services.openEpoch(decision.healSeq);
      decision = { start: "base", reason: "epoch" };
    }
    if (phase.name === "closed") return;
    services.takeOver(hello.replica, session);
    member = {
      hello,
      identity: authentication.identity,
      scope,
      clientIds,
      hasSameSchema: hello.schemaHash === schema.hash,
      isAuthorizedUntil: authentication.expiresAt,
    };
    cancelHelloTimer();
    const resumesBase = decision.start === "resume" && decision.cursor.base !== null;
    const isBase = decision.start === "base" || resumesBase;
    const seq = decision.start === "resume" ? decision.cursor.seq : (await store.head()).seq;
    const base = decision.start === "resume" ? decision.cursor.base : pages.firstPosition(scope);
    send({
      type: "welcome",
      protocol: PROTOCOL_VERSION,
      session: services.randomHex(8),
      epoch: store.epoch,
      principal: principalOf(authentication.identity),
      timeMs: clock.now(),
      driftMs: services.driftMs,
      lastPush: known === null || known.n === 0 ? null : { nonce: known.nonce, n: known.n },
      start: isBase ? "base" : "resume",
      reason: decision.start === "base" ? decision.reason : null,
      schemaHash: schema.hash,
      models: schema.models.map((model) => model.name),
      counts: isBase ? await counts(scope) : NO_MODELS.slice(),
      limits,
    });
    dispatch({ type: "welcomed", seq, base });
  }

  function counts(scope: Scope): Promise<number[]> {
    return Promise.all(schema.models.map((model) => (scope.models.has(model.name) ? store.count(model.name) : 0)));
  }

  async function reauthenticate(of: Member, auth: Hello["auth"]): Promise<void> {
    const authentication = await services.authenticate(auth);
    if (authentication.outcome === "refused") end(CloseCode.unauthenticated, authentication.reason, null);
    else if (principalOf(authentication.identity) !== principalOf(of.identity)) {
      end(CloseCode.forbidden, "the new credentials are another principal's", null);
    } else of.isAuthorizedUntil = authentication.expiresAt;
  }

  async function claim(of: Member, clientId: number): Promise<void> {
    if (await store.bindClientId(clientId, of.hello.replica)) of.clientIds.add(clientId);
    else send({ type: "claimRefused", clientId });
  }

  function push(of: Member, message: Push): void {
    if (of.isAuthorizedUntil !== null && of.isAuthorizedUntil <= clock.now()) {
      end(CloseCode.unauthenticated, "the credentials expired; connect with fresh ones", null);
      return;
    }
    pendingPushes += message.pushes.length;
    if (pendingPushes > limits.maxPendingPushes) {
      throw new ProtocolError(CloseCode.malformed, `more than ${limits.maxPendingPushes} pushes without an answer`);
    }
    const origin = {
      replica: of.hello.replica,
      nonce: message.nonce,
      settled: message.settled,
      writer: { identity: of.identity, isOwnClientId: (clientId: number) => of.clientIds.has(clientId) },
    };
    for (const item of message.pushes) {
      pipeline.submit(pushRequest(origin, item, answer), session).catch(fail);
    }
  }

  function answer(given: Answer): void {
    pendingPushes--;
    if (phase.name === "closed") return;
    answers.push(given);
    if (given.kind === "ack") services.count("pushesAccepted");
    else {
      services.count("pushesRefused");
      refusals++;
      log.info({ replica: member?.hello.replica, answer: given }, "push refused");
    }
  }

  function turn(changes: readonly EncodedChange[], frames: SharedFrames): void {
    if (member === null || phase.name === "closed") return;
    const first = changes[0]?.committed.entry.seq;
    const last = changes.at(-1)?.committed.entry.seq;
    const wasLive = phase.name === "live";
    if (first !== undefined && last !== undefined) dispatch({ type: "committed", firstSeq: first, lastSeq: last });
    // A session that is not in step gets its answers only; its changes come with what it reads from the feed.
    const isInStep = wasLive && phase.name === "live";
    deliver(member, isInStep ? changes : [], isInStep ? frames : new Map());
    if (refusals > services.maxRefusals)
      end(CloseCode.tooManyRefusals, `${refusals} pushes refused in one session`, 60_000);
  }

  function deliver(of: Member, changes: readonly EncodedChange[], frames: SharedFrames): void {
    const isShared = answers.length === 0 && !changes.some((change) => change.committed.source === session);
    let frame = isShared ? frames.get(of.scope.hash) : undefined;
    if (frame === undefined) {
      const messages = changes.flatMap((change) => messagesOf(of.scope, change));
      const isEmpty = messages.length === 0 && answers.length === 0;
      const cursor = phase.name === "live" ? cursorAt(phase.seq, null) : null;
      frame = isEmpty ? null : encodeTurn({ answers, changes: messages, cursor, more: false });
      if (isShared) frames.set(of.scope.hash, frame);
      answers = [];
    }
    if (frame !== null) write(frame);
  }

  /** Judged before and after for this session (F5); a session does not get its own pushes back. */
  function messagesOf(scope: Scope, change: EncodedChange): readonly Uint8Array[] {
    const { before, after, source } = change.committed;
    if (source === session) return [];
    const model = modelNamed(schema, after.model);
    if (model === undefined) return [];
    const couldSee = before !== null && scope.canSee(model, before.values);
    const canSee = scope.canSee(model, after.values);
    const view: View | null = canSee ? (couldSee ? "stay" : "enter") : couldSee ? "leave" : null;
    return view === null ? [] : change.messages(view);
  }

  async function sendPage(position: BasePosition, seq: number): Promise<void> {
    if (member === null) return;
    const { scope, hasSameSchema, hello } = member;
    const page = await pages.readBase(scope, position, { withRows: hasSameSchema, withTombstones: !hello.isEmpty });
    if (phase.name !== "base") return;
    send({
      type: "page",
      model: modelNumbers.get(position.model) ?? 0,
      records: page.records.slice(),
      isLast: page.isLast,
      cursor: page.next === null ? cursorAt(seq, null) : cursorAt(seq, page.next),
    });
    services.count("changesDelivered", page.records.length);
    dispatch({ type: "pageRead", next: page.next });
  }

  async function sendFeed(afterSeq: number): Promise<void> {
    if (member === null) return;
    const page = await pages.readFeed(member.scope, afterSeq);
    if (phase.name !== "catchUp") return;
    const wasSent = page.messages.length > 0;
    if (wasSent) {
      write(encodeTurn({ answers: [], changes: page.messages, cursor: cursorAt(page.seq, null), more: true }));
      services.count("changesDelivered", page.messages.length);
    }
    // The head as of this moment: no commit can slip in between this look and the step to live.
    const isHead = page.seq >= services.committedSeq();
    dispatch({ type: "feedRead", seq: page.seq, isHead, wasSent });
  }

  async function sendWanted(
    of: Member,
    names: readonly { readonly model: string; readonly key: string }[],
  ): Promise<void> {
    const messages: Uint8Array[] = [];
    for (const { model: name, key } of names) {
      const model = modelNamed(schema, name);
      const number = modelNumbers.get(name);
      if (model === undefined || number === undefined) continue;
      const [record] = await store.records(name, [key]);
      if (record && of.scope.canSee(model, record.values)) messages.push(...encodeRecord(record, number));
      else messages.push(encodeChange(goneChange(number, key)));
    }
    write(encodeTurn({ answers: [], changes: messages, cursor: null, more: false }));
  }

  function cursorAt(seq: number, base: BasePosition | null): string {
    const { epoch, start } = store;
    return cursors.encode({ epoch, start, seq, scope: member?.scope.hash ?? "", base });
  }

  function send(message: RelayMessage): void {
    write(encodeRelayMessage(message));
  }

  function write(frame: Uint8Array): void {
    if (phase.name === "closed") return;
    if (socket.bufferedBytes > services.maxBufferedBytes) {
      services.count("slowReadersDropped");
      end(CloseCode.tryAgain, "the connection does not keep up; resume by cursor", 1000);
      return;
    }
    services.count("bytesSent", frame.byteLength);
    socket.send(frame);
  }

  function fail(error: unknown): void {
    log.error({ err: error, replica: member?.hello.replica }, "session failed");
    end(CloseCode.tryAgain, "the relay could not complete this; try again", 1000);
  }

  function end(code: number, message: string, retryAfterMs: number | null): void {
    if (phase.name === "closed") return;
    socket.send(encodeRelayMessage({ type: "bye", code, message, retryAfterMs }));
    leave();
    socket.close(code, message.slice(0, 100));
  }

  function leave(): void {
    cancelHelloTimer();
    services.sessions.delete(session);
    dispatch({ type: "closed" });
  }
}
