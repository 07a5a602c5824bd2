/** Any message that a client or relay of version 1 may send. */
import fc from "fast-check";
import type { Answer, Auth, Change, ChangeItem, ClientMessage, PageRecord, RelayMessage } from "../src/index.ts";
import { defaultLimits } from "../src/index.ts";
import { refusalCodes } from "../src/relay/answer.ts";

/** Whole Unicode text, of characters of one to four bytes. */
const text = (maxLength: number, minLength = 0) => fc.string({ unit: "binary", minLength, maxLength });
const name = text(12, 1).filter((value) => value !== "__proto__");
const integer = fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.constantFrom(0, 127, 128, 2 ** 31, Number.MAX_SAFE_INTEGER));
const positive = integer.map((value) => Math.max(1, value));
const bytes = fc.uint8Array({ maxLength: 40 });
const json = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !JSON.stringify(value).includes("__proto__"))
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const recordName = fc.record({ model: name, key: name });
const pushId = fc.record({ nonce: name, n: positive });
const map = <T>(value: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(name, value), { maxLength: 3 }).map((entries) => Object.fromEntries(entries) as Record<string, T>);

const auth: fc.Arbitrary<Auth> = fc.oneof(
  fc.record({ kind: fc.constant("none" as const) }),
  fc.record({ kind: fc.constant("apiKey" as const), key: name }),
  fc.record({ kind: fc.constant("token" as const), token: text(200, 1) }),
  fc.record({ kind: fc.constant("iam" as const), headers: map(text(20)) }),
);

const changeItem: fc.Arbitrary<ChangeItem> = fc.record({
  model: name,
  key: text(30, 1),
  facet: fc.nat(1023),
  life: positive,
  update: bytes,
  condition: json,
  baseVersion: fc.option(integer),
});

const pushes = fc
  .array(
    fc.record({
      step: fc.integer({ min: 1, max: 1000 }),
      changes: fc.array(changeItem, { minLength: 1, maxLength: 4 }),
    }),
    {
      maxLength: 4,
    },
  )
  .chain((steps) =>
    fc.record({ settled: fc.nat(2 ** 40), nonce: name }).map(({ settled, nonce }) => {
      let n = settled;
      const numbered = steps.map(({ step, changes }) => {
        n += step;
        return { n, changes };
      });
      return { settled, nonce, pushes: numbered };
    }),
  );

export const clientMessages: fc.Arbitrary<ClientMessage> = fc.oneof(
  fc.record({
    type: fc.constant("hello" as const),
    protocol: fc.constant(1),
    agent: text(20),
    features: fc.array(name, { maxLength: 3 }),
    replica: name,
    clientIds: fc.array(positive, { maxLength: 4 }),
    auth,
    schemaHash: name,
    cursor: fc.option(text(50, 1)),
    isEmpty: fc.boolean(),
    acknowledged: fc.option(pushId),
    models: fc.option(fc.array(name, { maxLength: 3 })),
    expressions: map(json),
  }),
  pushes.map((push) => ({ type: "push" as const, ...push })),
  fc.record({ type: fc.constant("claim" as const), clientId: positive, record: fc.option(recordName) }),
  fc.record({ type: fc.constant("pull" as const), pages: fc.integer({ min: 1, max: 1024 }) }),
  fc.record({ type: fc.constant("want" as const), records: fc.array(recordName, { maxLength: 4 }) }),
  fc.record({ type: fc.constant("reauthenticate" as const), auth }),
);

const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({
    kind: fc.constant("ack" as const),
    n: integer,
    results: fc.array(fc.record({ version: integer, at: integer, createdAt: integer }), { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant("refused" as const),
    n: integer,
    index: integer,
    code: fc.constantFrom(...refusalCodes),
    message: text(50),
    fields: fc.array(text(12), { maxLength: 3 }),
    replay: fc.boolean(),
    retryAfterMs: integer,
    timeMs: integer,
  }),
  fc.record({ kind: fc.constant("gap" as const), n: integer, index: integer, stateVector: bytes }),
);

const meta = { life: integer, version: integer, at: integer, createdAt: integer };
const place = { model: integer, key: text(30, 1), facet: fc.nat(1023) };
const row = fc.option(text(40, 1));

export const changesOfAnyKind: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom("update" as const, "state" as const), ...place, ...meta, row, update: bytes }),
  fc.record({ kind: fc.constant("tombstone" as const), ...place, ...meta, row, update: fc.constant(null) }),
  fc
    .record(place)
    .map((of) => ({ kind: "gone" as const, ...of, life: 0, version: 0, at: 0, createdAt: 0, row: null, update: null })),
);

const pageRecord: fc.Arbitrary<PageRecord> = fc
  .record({
    named: fc.oneof(
      fc.record({ key: name, row: fc.option(text(40, 1)) }),
      fc.record({ key: fc.constant(null), row: text(40, 1) }),
    ),
    ...meta,
    documents: fc.array(bytes, { maxLength: 3 }),
  })
  .map(({ named, documents, ...rest }) => ({ ...named, ...rest, documents, isDeleted: documents.length === 0 }));

const start = fc.oneof(
  fc.record({ start: fc.constant("resume" as const), reason: fc.constant(null), isAhead: fc.constant(false) }),
  fc.record({
    start: fc.constant("base" as const),
    reason: fc.constantFrom(
      "new" as const,
      "scope" as const,
      "epoch" as const,
      "expired" as const,
      "invalid" as const,
      null,
    ),
    isAhead: fc.boolean(),
  }),
);

const listing = fc.array(fc.tuple(name, fc.integer({ min: -1, max: 2 ** 40 })), { maxLength: 4 }).chain((models) =>
  fc.boolean().map((isCounted) => ({
    models: models.map(([model]) => model),
    counts: isCounted ? models.map(([, count]) => count) : [],
  })),
);

export const relayMessages: fc.Arbitrary<RelayMessage> = fc.oneof(
  fc
    .record({
      features: fc.array(name, { maxLength: 3 }),
      session: name,
      epoch: name,
      principal: text(20),
      timeMs: integer,
      driftMs: integer,
      lastPush: fc.option(pushId),
      schemaHash: name,
      facets: map(fc.array(text(8), { maxLength: 3 })),
      limits: positive.map((max) => ({ ...defaultLimits, maxFrameBytes: max })),
      start,
      listing,
    })
    .map(({ start: how, listing: models, ...rest }) => ({
      type: "welcome" as const,
      protocol: 1,
      ...rest,
      ...how,
      ...models,
    })),
  fc.record({
    type: fc.constant("page" as const),
    model: integer,
    records: fc.array(pageRecord, { maxLength: 4 }),
    isLast: fc.boolean(),
    cursor: text(30, 1),
  }),
  fc.record({
    type: fc.constant("turn" as const),
    answers: fc.array(answer, { maxLength: 4 }),
    changes: fc.array(changesOfAnyKind, { maxLength: 4 }),
    cursor: fc.option(text(30, 1)),
    more: fc.boolean(),
  }),
  fc.record({ type: fc.constant("synced" as const), cursor: text(30, 1) }),
  fc.record({ type: fc.constant("claimRefused" as const), clientId: positive }),
  fc.record({
    type: fc.constant("bye" as const),
    code: fc.integer({ min: 1000, max: 4999 }),
    message: text(40),
    retryAfterMs: fc.option(integer),
  }),
  fc.record({ type: fc.constant("authExpiring" as const), inMs: integer }),
);
