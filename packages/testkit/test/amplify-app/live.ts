/** What the app shows: it follows records as they change. */
import { DataStore, type DataStoreSnapshot, type OpType, SortDirection } from "aws-amplify/datastore";
import { Comment, Post } from "./models/index.js";

export interface Heard {
  readonly messages: string[];
  stop(): void;
}

const nameOf = (model: unknown): string => (model === Post ? "Post" : "other");

/** Every form of `observe`, each writing what it hears as `INSERT Post title`. */
export function follow(
  post: Post,
): Readonly<Record<"all" | "model" | "id" | "instance" | "predicate" | "related", Heard>> {
  const followed = <Message extends { readonly opType: OpType }>(
    observable: { subscribe(next: (message: Message) => void): { unsubscribe(): void } },
    told: (message: Message) => string,
  ): Heard => {
    const messages: string[] = [];
    const subscription = observable.subscribe((message) => {
      messages.push(`${message.opType} ${told(message)}`);
    });
    return { messages, stop: () => subscription.unsubscribe() };
  };
  return {
    all: followed(DataStore.observe(), ({ model, element }) => `${nameOf(model)} ${element.id}`),
    model: followed(DataStore.observe(Post), ({ element }) => element.title),
    id: followed(DataStore.observe(Post, post.id), ({ element }) => element.title),
    instance: followed(DataStore.observe(post), ({ element }) => element.title),
    predicate: followed(
      DataStore.observe(Post, (p) => p.and((q) => [q.rating.gt(3), q.title.beginsWith("B")])),
      ({ element }) => element.title,
    ),
    related: followed(
      DataStore.observe(Comment, (c) => c.post.title.eq(post.title)),
      ({ element }) => element.content,
    ),
  };
}

export interface PostList {
  readonly snapshots: { readonly titles: string[]; readonly isSynced: boolean }[];
  unsubscribe(): void;
}

/** Posts rated above `rating`, the best first, as a list on the screen. */
export function watchPosts(rating: number): PostList {
  const snapshots: PostList["snapshots"] = [];
  const subscription = DataStore.observeQuery(Post, (p) => p.rating.gt(rating), {
    sort: (s) => s.rating(SortDirection.DESCENDING).title(SortDirection.ASCENDING),
  }).subscribe((snapshot: DataStoreSnapshot<Post>) => {
    const { items, isSynced } = snapshot;
    snapshots.push({ titles: items.map(({ title }) => title), isSynced });
  });
  return { snapshots, unsubscribe: () => subscription.unsubscribe() };
}

/** One post kept fresh, as a form would; what it hears of errors and ends goes to functions of their own. */
export function watchPost(id: string, show: (post: Post | undefined) => void): () => void {
  const subscription = DataStore.observeQuery(Post, (p) => p.id.eq(id)).subscribe({
    next: ({ items }) => show(items[0]),
    error: (error) => {
      throw error;
    },
    complete: () => show(undefined),
  });
  return () => subscription.unsubscribe();
}
