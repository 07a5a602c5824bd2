/** One Amplify client in a process of its own, told what to do. Its answers come in the order of what it was told. */
import path from "node:path";
import { startChild } from "../processes/child.ts";
import type {
  AmplifyAnswer,
  AmplifyCommand,
  AmplifyKey,
  AmplifyPredicate,
  AmplifyRecord,
  AmplifySettings,
  AmplifyState,
} from "./client-messages.ts";

type Parents = Extract<AmplifyCommand, { do: "create" }>["parents"];

export interface AmplifyProcess {
  /** Resolves when the datastore says that it is ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** `parents`: by field, the record that a relation leads to. */
  create(model: string, fields: AmplifyRecord, parents?: Parents): Promise<AmplifyRecord>;
  /** `condition`: what must hold at the server. */
  change(model: string, key: AmplifyKey, fields: AmplifyRecord, condition?: AmplifyPredicate): Promise<AmplifyRecord>;
  remove(model: string, key: AmplifyKey): Promise<void>;
  /** The records it holds, ordered by key, without what only this client knows. */
  list(model: string): Promise<readonly AmplifyRecord[]>;
  /** What a browser tells its page. */
  signal(online: boolean): Promise<void>;
  state(): Promise<AmplifyState>;
}

export function startAmplifyProcess(settings: AmplifySettings): AmplifyProcess {
  const script = path.resolve(import.meta.dirname, "../../dist/amplify/amplify-client.js");
  const child = startChild(script, [JSON.stringify(settings)]);
  let count = 0;
  let turn: Promise<unknown> = Promise.resolve();

  async function answer(command: AmplifyCommand): Promise<unknown> {
    count += 1;
    const id = count;
    child.tell(JSON.stringify({ id, ...command }));
    await child.until((lines) => lines.length >= id);
    const line = JSON.parse(child.lines[id - 1] ?? "") as AmplifyAnswer;
    if ("error" in line) throw new Error(`${JSON.stringify(command)} failed: ${line.error}`);
    return line.result;
  }

  function ask<Result>(command: AmplifyCommand): Promise<Result> {
    const answered = turn.then(() => answer(command)) as Promise<Result>;
    turn = answered.catch(() => {});
    return answered;
  }

  return {
    start: () => ask({ do: "start" }),
    stop: () => ask({ do: "stop" }),
    create: (model, fields, parents = {}) => ask({ do: "create", model, fields, parents }),
    change: (model, key, fields, condition) => ask({ do: "change", model, key, fields, condition: condition ?? null }),
    remove: (model, key) => ask({ do: "remove", model, key }),
    list: (model) => ask({ do: "list", model }),
    signal: (online) => ask({ do: "signal", online }),
    state: () => ask({ do: "state" }),
  };
}
