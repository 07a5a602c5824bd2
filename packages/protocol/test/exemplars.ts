/**
 * One filled-in message of each shape that version 1 has: every field with a value, every variant of every union.
 *
 * Their canonical frames are what the version's hash is over, and what mutations start from.
 */
import type { Answer, Auth, Change, ClientMessage, Hello, PageRecord, RelayMessage, Welcome } from "../src/index.ts";
import { defaultLimits } from "../src/index.ts";
import { refusalCodes } from "../src/relay/answer.ts";

export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

export const hello: Hello = {
  type: "hello",
  protocol: 1,
  agent: "app/1.2",
  features: ["compare"],
  replica: "5f1d",
  clientIds: [7, Number.MAX_SAFE_INTEGER],
  auth: { kind: "apiKey", key: "k1" },
  schemaHash: "9ab0",
  cursor: "c1",
  isEmpty: false,
  acknowledged: { nonce: "a0", n: 12 },
  models: ["Note"],
  expressions: { Note: { stars: { gt: 3 } } },
};

const auths: readonly Auth[] = [
  { kind: "none" },
  { kind: "apiKey", key: "k2" },
  { kind: "token", token: "t" },
  { kind: "iam", headers: { authorization: "AWS4-HMAC-SHA256 …", "x-amz-date": "" } },
];

export const welcome: Welcome = {
  type: "welcome",
  protocol: 1,
  features: ["compare"],
  session: "s1",
  epoch: "e1",
  principal: "user:ann",
  timeMs: 1_700_000_000_000,
  driftMs: 60_000,
  lastPush: { nonce: "a0", n: 12 },
  start: "base",
  reason: "epoch",
  isAhead: true,
  schemaHash: "9ab0",
  models: ["Note", "Person"],
  facets: { Person: ["", "salary"] },
  counts: [-1, 3],
  limits: defaultLimits,
};

const change: Change = {
  kind: "update",
  model: 1,
  key: "ä1",
  facet: 1,
  life: 2,
  version: 300,
  at: 1_700_000_000_001,
  createdAt: 1_700_000_000_000,
  row: null,
  update: bytes(0, 0),
};

export const gone: Change = {
  kind: "gone",
  model: 0,
  key: "n2",
  facet: 0,
  life: 0,
  version: 0,
  at: 0,
  createdAt: 0,
  row: null,
  update: null,
};

export const changes: readonly Change[] = [
  change,
  { ...change, row: '["ä1"]' },
  { ...change, kind: "state", row: '["ä1"]' },
  { ...change, kind: "state", update: bytes() },
  { ...change, kind: "tombstone", update: null },
  { ...change, kind: "tombstone", update: null, row: "[1]" },
  gone,
];

const ack: Answer = {
  kind: "ack",
  n: 1,
  results: [{ version: 1, at: 1_700_000_000_001, createdAt: 1_700_000_000_000 }],
};
const gap: Answer = { kind: "gap", n: 3, index: 1, stateVector: bytes(1, 5, 9) };

export const answers: readonly Answer[] = [
  ack,
  gap,
  ...refusalCodes.map(
    (code, i): Answer => ({
      kind: "refused",
      n: 2 + i,
      index: i % 2,
      code,
      message: "nö",
      fields: ["title"],
      replay: i % 2 === 1,
      retryAfterMs: 250,
      timeMs: 1_700_000_000_002,
    }),
  ),
];

const record: PageRecord = {
  key: "n1",
  row: '["n1",null]',
  life: 1,
  version: 2,
  at: 1_700_000_000_001,
  createdAt: 1_700_000_000_000,
  isDeleted: false,
  documents: [bytes(0, 0), bytes()],
};

export const clientExemplars: readonly ClientMessage[] = [
  hello,
  {
    ...hello,
    cursor: null,
    acknowledged: null,
    models: null,
    expressions: {},
    features: [],
    clientIds: [],
    isEmpty: true,
  },
  ...auths.map((auth): ClientMessage => ({ type: "reauthenticate", auth })),
  {
    type: "push",
    settled: 11,
    nonce: "a0",
    pushes: [
      {
        n: 12,
        changes: [
          { model: "Note", key: "n1", facet: 0, life: 1, update: bytes(1, 2, 3), condition: null, baseVersion: null },
          {
            model: "Person",
            key: "ä1",
            facet: 1,
            life: 2,
            update: bytes(),
            condition: { a: { eq: 1 } },
            baseVersion: 7,
          },
        ],
      },
      {
        n: 300,
        changes: [{ model: "Note", key: "n2", facet: 0, life: 1, update: bytes(9), condition: [1], baseVersion: null }],
      },
    ],
  },
  { type: "push", settled: 300, nonce: "a0", pushes: [] },
  { type: "claim", clientId: 8, record: null },
  { type: "claim", clientId: 9, record: { model: "Note", key: "n1" } },
  { type: "pull", pages: 3 },
  { type: "want", records: [{ model: "Note", key: "n1" }] },
];

export const relayExemplars: readonly RelayMessage[] = [
  welcome,
  { ...welcome, features: [], lastPush: null, start: "resume", reason: null, isAhead: false, facets: {}, counts: [] },
  ...(["new", "scope", "expired", "invalid", null] as const).map((reason): RelayMessage => ({ ...welcome, reason })),
  {
    type: "page",
    model: 1,
    records: [
      record,
      { ...record, key: null },
      { ...record, row: null },
      { ...record, isDeleted: true, documents: [] },
    ],
    isLast: true,
    cursor: "c2",
  },
  { type: "page", model: 0, records: [], isLast: false, cursor: "c3" },
  { type: "turn", answers, changes, cursor: "c4", more: true },
  { type: "turn", answers: [ack], changes: [], cursor: null, more: false },
  { type: "synced", cursor: "c5" },
  { type: "claimRefused", clientId: 8 },
  { type: "bye", code: 1013, message: "später", retryAfterMs: 1000 },
  { type: "bye", code: 4400, message: "", retryAfterMs: null },
  { type: "authExpiring", inMs: 60_000 },
];
