/** What the app does with posts: writes, edits, deletes, finds. */
import { DataStore, Predicates, SortDirection } from "aws-amplify/datastore";
import { Post, PostStatus } from "./models/index.js";

export interface Draft {
  readonly title: string;
  readonly rating?: number;
  readonly status?: keyof typeof PostStatus;
  readonly labels?: string[];
}

export async function addPost({ title, rating, status = PostStatus.DRAFT, labels }: Draft): Promise<Post> {
  return DataStore.save(new Post({ title, rating, status, labels }));
}

/** Every kind of field in one post. */
export async function addFullPost(): Promise<Post> {
  return DataStore.save(
    new Post({
      title: "Everything",
      rating: 5,
      status: PostStatus.ACTIVE,
      labels: ["a", null, "b"],
      scores: [3, 1, 2],
      isPinned: false,
      metadata: JSON.stringify({ source: { kind: "import", lines: [1, 2] } }),
      publishedOn: "2024-02-29",
      remindAt: "2024-02-29T08:30:00.000Z",
    }),
  );
}

export async function rename(id: string, title: string): Promise<Post | undefined> {
  const original = await DataStore.query(Post, id);
  if (!original) return undefined;
  return DataStore.save(
    Post.copyOf(original, (updated) => {
      updated.title = title;
    }),
  );
}

export async function addLabel(id: string, label: string): Promise<void> {
  const original = await DataStore.query(Post, id);
  if (!original) throw new Error(`there is no post ${id}`);
  await DataStore.save(
    Post.copyOf(original, (updated) => {
      updated.labels = [...(updated.labels ?? []), label];
    }),
  );
}

/** Publishes a draft; rejects when the post is something else by now. */
export async function publish(post: Post, on: string): Promise<Post> {
  const published = Post.copyOf(post, (updated) => {
    updated.status = PostStatus.ACTIVE;
    updated.publishedOn = on;
  });
  return DataStore.save(published, (p) => p.status.eq(PostStatus.DRAFT));
}

export async function remove(id: string): Promise<void> {
  const post = await DataStore.query(Post, id);
  if (post) await DataStore.delete(post);
}

export async function removeIfUnpinned(post: Post): Promise<Post> {
  return DataStore.delete(post, (p) => p.isPinned.ne(true));
}

export const removeById = (id: string): Promise<Post[]> => DataStore.delete(Post, id);

export const removeRatedBelow = (rating: number): Promise<Post[]> => DataStore.delete(Post, (p) => p.rating.lt(rating));

export const removeAll = (): Promise<Post[]> => DataStore.delete(Post, Predicates.ALL);

export const allPosts = (): Promise<Post[]> => DataStore.query(Post);

export const postsOfPage = (page: number, limit: number): Promise<Post[]> =>
  DataStore.query(Post, Predicates.ALL, { page, limit, sort: (s) => s.title(SortDirection.ASCENDING) });

export const bestFirst = (): Promise<Post[]> =>
  DataStore.query(Post, Predicates.ALL, {
    sort: (s) => s.rating(SortDirection.DESCENDING).title(SortDirection.ASCENDING),
  });

export const firstByTitle = (count: number): Promise<Post[]> =>
  DataStore.query(Post, null, { sort: (s) => s.title("ASCENDING"), limit: count });

/** The conditions of the documentation, by what they are called there. */
export const searches = {
  eq: () => DataStore.query(Post, (p) => p.status.eq(PostStatus.ACTIVE)),
  ne: () => DataStore.query(Post, (p) => p.title.ne("b")),
  gt: () => DataStore.query(Post, (p) => p.rating.gt(3)),
  ge: () => DataStore.query(Post, (p) => p.rating.ge(3)),
  lt: () => DataStore.query(Post, (p) => p.rating.lt(3)),
  le: () => DataStore.query(Post, (p) => p.rating.le(3)),
  between: () => DataStore.query(Post, (p) => p.rating.between(2, 4)),
  beginsWith: () => DataStore.query(Post, (p) => p.title.beginsWith("b")),
  contains: () => DataStore.query(Post, (p) => p.title.contains("b")),
  notContains: () => DataStore.query(Post, (p) => p.title.notContains("b")),
  inList: () => DataStore.query(Post, (p) => p.title.in(["a", "c"])),
  notInList: () => DataStore.query(Post, (p) => p.title.notIn(["a", "c"])),
  isNull: () => DataStore.query(Post, (p) => p.isPinned.eq(null)),
  listContains: () => DataStore.query(Post, (p) => p.labels.contains("red")),
  and: () => DataStore.query(Post, (p) => p.and((q) => [q.rating.gt(1), q.status.eq(PostStatus.ACTIVE)])),
  or: () => DataStore.query(Post, (p) => p.or((q) => [q.rating.gt(4), q.title.eq("a")])),
  not: () => DataStore.query(Post, (p) => p.not((q) => q.title.eq("a"))),
  nested: () =>
    DataStore.query(Post, (p) =>
      p.and((q) => [q.title.ne("a"), q.or((r) => [r.rating.eq(5), r.not((n) => n.status.eq("ACTIVE"))])]),
    ),
} as const;
