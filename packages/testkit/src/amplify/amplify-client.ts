/**
 * The process of an Amplify client: Amplify's published DataStore, unmodified, on what this project's gateway serves.
 *
 * `node amplify-client.js SETTINGS` does what comes as a line on stdin, one after another, and answers each with a line on
 * stdout; `client-messages.ts` has both. It ends with its stdin.
 */
import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import type {
  AmplifyAnswer,
  AmplifyCommand,
  AmplifyKey,
  AmplifyPredicate,
  AmplifyRecord,
  AmplifyRequest,
  AmplifySettings,
  AmplifyState,
} from "./client-messages.ts";
import { amplifyFolder } from "./install-amplify.ts";

/** What is used of the libraries, which are not there when this is compiled. */
interface AmplifyModel {
  new (fields: AmplifyRecord): AmplifyRecord;
  copyOf(record: AmplifyRecord, mutate: (draft: Record<string, unknown>) => void): AmplifyRecord;
}

/** What a predicate function is given: fields by name, and the groups. */
type Conditions = Readonly<Record<string, Comparisons>> & {
  and(of: (conditions: Conditions) => unknown[]): unknown;
  or(of: (conditions: Conditions) => unknown[]): unknown;
  not(of: (conditions: Conditions) => unknown): unknown;
};

type Comparisons = Readonly<Record<string, (value: string | number) => unknown>>;

interface Amplify {
  readonly Amplify: { configure(config: object): void };
  readonly Hub: { listen(channel: string, listener: (capsule: HubCapsule) => void): void };
  readonly DataStore: {
    configure(config: object): void;
    start(): Promise<void>;
    stop(): Promise<void>;
    save(record: AmplifyRecord, condition?: (conditions: Conditions) => unknown): Promise<AmplifyRecord>;
    delete(record: AmplifyRecord): Promise<unknown>;
    query(model: AmplifyModel): Promise<AmplifyRecord[]>;
    query(model: AmplifyModel, key: AmplifyKey): Promise<AmplifyRecord | undefined>;
  };
  syncExpression(model: AmplifyModel, expression: () => (conditions: Conditions) => unknown): object;
  initSchema(schema: object): Readonly<Record<string, AmplifyModel>>;
}

interface HubCapsule {
  readonly payload: {
    readonly event: string;
    readonly data?: { readonly isEmpty?: boolean; readonly connectionState?: string; readonly query?: string };
  };
}

interface Problem {
  readonly errorType: string;
  readonly operation: string;
  readonly model: string | null;
  readonly message: string;
}

/** The window of a browser, as far as the libraries ask it anything. */
const page = Object.assign(new EventTarget(), { navigator: { onLine: true } });

/** The libraries look for a browser, and do not run where they find none of its parts. */
function loadAmplify({ surroundings }: AmplifySettings): Amplify {
  const load = createRequire(path.join(amplifyFolder, "package.json"));
  Object.assign(globalThis, { WebSocket, window: page });
  if (surroundings === "browser") {
    load("fake-indexeddb/auto");
    const { indexedDB } = globalThis as { indexedDB?: object };
    Object.assign(page, { indexedDB });
  }
  return {
    ...(load("aws-amplify") as object),
    ...(load("aws-amplify/datastore") as object),
    ...(load("aws-amplify/utils") as object),
  } as Amplify;
}

const settings = JSON.parse(process.argv[2] ?? "") as AmplifySettings;
const { Amplify, DataStore, Hub, initSchema, syncExpression } = loadAmplify(settings);
const models = initSchema(settings.schema);

/** Of each model: what is created, changed and deleted. */
const subscriptions = 3 * Object.keys(settings.schema.models).length;
let isOutboxEmpty = true;
/** What is saved is put into the outbox a little later. */
let saves = 0;
let enqueued = 0;
/** The queries of subscriptions that the present connection carries. */
const acknowledged = new Set<string>();
let timesReady = 0;
const problems: string[] = [];

Hub.listen("datastore", ({ payload: { event, data } }) => {
  if (event === "outboxMutationEnqueued") enqueued += 1;
  if (event === "outboxStatus") isOutboxEmpty = data?.isEmpty === true;
  if (event === "ready") timesReady += 1;
});
Hub.listen("api", ({ payload: { event, data } }) => {
  if (event === "Subscription ack") acknowledged.add(data?.query ?? "");
  // It is connecting, too, while one subscription of many is asked for again.
  if (/^Disconnected|Disrupted/.test(data?.connectionState ?? "")) acknowledged.clear();
});

Amplify.configure(settings.config);
DataStore.configure({
  errorHandler: ({ errorType, operation, model, message }: Problem) => {
    problems.push(`${operation} ${model}: ${errorType} ${message}`);
  },
  syncExpressions: Object.entries(settings.wanted ?? {}).map(([model, wanted]) =>
    syncExpression(modelNamed(model), () => (conditions) => asked(conditions, wanted)),
  ),
});

function asked(of: Conditions, predicate: AmplifyPredicate): unknown {
  if ("and" in predicate) return of.and((each) => predicate.and.map((one) => asked(each, one)));
  if ("or" in predicate) return of.or((each) => predicate.or.map((one) => asked(each, one)));
  if ("not" in predicate) return of.not((each) => asked(each, predicate.not));
  const { field, operator, value } = predicate;
  return of[field]?.[operator]?.(value);
}

function modelNamed(name: string): AmplifyModel {
  const model = models[name];
  if (model === undefined) throw new Error(`the schema has no model ${name}`);
  return model;
}

async function held(model: AmplifyModel, key: AmplifyKey): Promise<AmplifyRecord> {
  const record = await DataStore.query(model, key);
  if (record === undefined) throw new Error(`this client holds no record ${JSON.stringify(key)}`);
  return record;
}

async function start(): Promise<void> {
  const before = timesReady;
  await DataStore.start();
  while (timesReady === before) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function save(record: AmplifyRecord, condition?: (of: Conditions) => unknown): Promise<AmplifyRecord> {
  saves += 1;
  return plain(await DataStore.save(record, condition));
}

async function create({ model, fields, parents }: Extract<AmplifyCommand, { do: "create" }>): Promise<AmplifyRecord> {
  const whole: Record<string, unknown> = { ...fields };
  for (const [field, parent] of Object.entries(parents))
    whole[field] = await held(modelNamed(parent.model), parent.key);
  return save(new (modelNamed(model))(whole));
}

async function change(command: Extract<AmplifyCommand, { do: "change" }>): Promise<AmplifyRecord> {
  const model = modelNamed(command.model);
  const record = await held(model, command.key);
  const edited = model.copyOf(record, (draft) => void Object.assign(draft, command.fields));
  const { condition } = command;
  return save(edited, condition === null ? undefined : (of) => asked(of, condition));
}

/** Relations are promises, and stay here. */
function plain(record: AmplifyRecord): AmplifyRecord {
  return JSON.parse(JSON.stringify(record)) as AmplifyRecord;
}

async function list(name: string): Promise<readonly AmplifyRecord[]> {
  const records = (await DataStore.query(modelNamed(name))).map(plain);
  const keyText = (record: AmplifyRecord): string =>
    JSON.stringify([record.id, record.device, record.takenAt, record.code]);
  return records.sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
}

function signal(online: boolean): void {
  page.navigator.onLine = online;
  page.dispatchEvent(new Event(online ? "online" : "offline"));
}

async function carryOut(command: AmplifyCommand): Promise<unknown> {
  switch (command.do) {
    case "start":
      return start();
    case "stop":
      acknowledged.clear();
      return DataStore.stop();
    case "create":
      return create(command);
    case "change":
      return change(command);
    case "remove": {
      saves += 1;
      await DataStore.delete(await held(modelNamed(command.model), command.key));
      return null;
    }
    case "list":
      return list(command.model);
    case "signal":
      return signal(command.online);
    case "state": {
      const isListening = acknowledged.size === subscriptions;
      const isAllSent = isOutboxEmpty && enqueued >= saves;
      const subscribed = [...acknowledged];
      return { isOutboxEmpty: isAllSent, isListening, subscribed, timesReady, problems } satisfies AmplifyState;
    }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, ...command } = JSON.parse(line) as AmplifyRequest;
  let answer: AmplifyAnswer;
  try {
    answer = { id, result: (await carryOut(command)) ?? null };
  } catch (error) {
    answer = { id, error: String(error) };
  }
  writeSync(1, `${JSON.stringify(answer)}\n`);
}
process.exit(0);
