/** How the app configures its DataStore, and what it hears of syncing. */
import {
  AuthModeStrategyType,
  type ConflictHandler,
  DataStore,
  DISCARD,
  type ErrorHandler,
  OpType,
  type PersistentModel,
  Predicates,
  type SyncConflict,
  type SyncError,
  type SyncExpression,
  syncExpression,
} from "@aws-amplify/datastore";
import { Hub } from "aws-amplify/utils";
import { Blog, Comment, Post, Project, Task } from "./models/index.js";

const leastRating = async (): Promise<number> => 0;

/** Every form that the documentation gives a sync expression. */
const expressions: SyncExpression[] = [
  syncExpression(Post, async () => {
    const rating = await leastRating();
    return (post) => post.rating.ge(rating);
  }),
  syncExpression(Comment, (comment) => comment?.content.ne("hidden")),
  syncExpression(Blog, () => Predicates.ALL),
  syncExpression(Task, () => (task) => task.or((t) => [t.isDone.eq(false), t.priority.eq("HIGH")])),
  syncExpression(Project, () => Promise.resolve(Predicates.ALL)),
];

/** Keeps the title of a post that was written here, and takes the rest from the server. */
const mergeTitles: ConflictHandler = async ({ modelConstructor, localModel, remoteModel, operation }: SyncConflict) => {
  const model: unknown = modelConstructor;
  if (model !== Post || operation !== OpType.UPDATE) return DISCARD;
  return Post.copyOf(remoteModel as Post, (draft) => {
    draft.title = localModel.title;
  });
};

export const problems: string[] = [];
const note: ErrorHandler = (error: SyncError<PersistentModel>) => {
  problems.push(`${error.process} ${error.operation} ${error.model}: ${error.errorType} ${error.recoverySuggestion}`);
};

export function configure(): void {
  DataStore.configure({
    errorHandler: note,
    conflictHandler: mergeTitles,
    maxRecordsToSync: 30_000,
    syncPageSize: 500,
    fullSyncInterval: 60,
    syncExpressions: expressions,
    authProviders: { functionAuthProvider: async () => ({ token: "a-token" }) },
  });
  DataStore.configure({ DataStore: { authModeStrategyType: AuthModeStrategyType.MULTI_AUTH } });
}

export interface Events {
  readonly names: string[];
  readonly modelsSynced: string[];
  isOnline: boolean;
  stop(): void;
}

export function listen(): Events {
  const events: Events = { names: [], modelsSynced: [], isOnline: false, stop: () => {} };
  events.stop = Hub.listen("datastore", async ({ payload }) => {
    const { event, data } = payload as { event: string; data?: { active?: boolean; model?: { name: string } } };
    events.names.push(event);
    if (event === "networkStatus") events.isOnline = data?.active ?? false;
    if (event === "modelSynced") events.modelsSynced.push(data?.model?.name ?? "");
  });
  return events;
}

/** Resolves when the sync is over, as the app's first screen waits for it. */
export function untilReady(): Promise<void> {
  return new Promise((resolve) => {
    const stop = Hub.listen("datastore", ({ payload: { event } }) => {
      if (event !== "ready") return;
      stop();
      resolve();
    });
  });
}

export const signOut = async (): Promise<void> => {
  await DataStore.stop();
  await DataStore.clear();
};
