/** What the types of generated model files make of the API: a source that compiles against Amplify's compiles here. */
import {
  type __modelMeta__,
  type AsyncCollection,
  type AsyncItem,
  type CompositeIdentifier,
  DataStore,
  initSchema,
  type LazyLoading,
  type LazyLoadingDisabled,
  type ManagedIdentifier,
  type ModelInit,
  type MutableModel,
  type OptionallyManagedIdentifier,
  type PersistentModelConstructor,
  Predicates,
  SortDirection,
  syncExpression,
} from "@tributary/datastore/node";
import { describe, expectTypeOf, it } from "vitest";

type EagerPost = {
  readonly [__modelMeta__]: { identifier: ManagedIdentifier<Post, "id">; readOnlyFields: "createdAt" | "updatedAt" };
  readonly id: string;
  readonly title: string;
  readonly rating?: number | null;
  readonly labels?: (string | null)[] | null;
  readonly comments?: (Comment | null)[] | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
};

type LazyPost = Omit<EagerPost, "comments"> & { readonly comments: AsyncCollection<Comment> };

declare type Post = LazyLoading extends LazyLoadingDisabled ? EagerPost : LazyPost;

declare const Post: (new (
  init: ModelInit<Post>,
) => Post) & {
  // biome-ignore lint/suspicious/noConfusingVoidType: so written by Amplify's generator
  copyOf(source: Post, mutator: (draft: MutableModel<Post>) => MutableModel<Post> | void): Post;
};

type Comment = {
  readonly [__modelMeta__]: { identifier: OptionallyManagedIdentifier<Comment, "id">; readOnlyFields: "createdAt" };
  readonly id: string;
  readonly text: string;
  readonly post: AsyncItem<Post | undefined>;
  readonly createdAt?: string | null;
};

declare const Comment: PersistentModelConstructor<Comment>;

/** Amplify's newer generator writes interfaces. */
interface Seat {
  readonly [__modelMeta__]: { identifier: CompositeIdentifier<Seat, ["row", "number"]>; readOnlyFields: never };
  readonly row: string;
  readonly number: number;
  readonly guest?: string | null;
}

declare const Seat: PersistentModelConstructor<Seat>;

describe("generated types", () => {
  it("TYPES-1 say what a new instance takes", () => {
    expectTypeOf<ModelInit<Post>["title"]>().toEqualTypeOf<string>();
    expectTypeOf<{ title: string }>().toExtend<ModelInit<Post>>();
    expectTypeOf<{ rating: number }>().not.toExtend<ModelInit<Post>>();
    expectTypeOf<"id">().not.toExtend<keyof ModelInit<Post>>();
    expectTypeOf<"createdAt">().not.toExtend<keyof ModelInit<Post>>();
    expectTypeOf<{ text: string }>().toExtend<ModelInit<Comment>>();
    expectTypeOf<{ text: string; id: string; post: Post }>().toExtend<ModelInit<Comment>>();
    expectTypeOf<{ row: string }>().not.toExtend<ModelInit<Seat>>();
  });

  it("TYPES-2 say what a draft lets change", () => {
    expectTypeOf<MutableModel<Post>["title"]>().toEqualTypeOf<string>();
    Post.copyOf({} as Post, (draft) => {
      draft.title = "u";
      draft.labels?.push("a");
      // @ts-expect-error the key keeps its value
      draft.id = "other";
      // @ts-expect-error the relay writes it
      draft.createdAt = "now";
    });
    Comment.copyOf({} as Comment, (draft) => {
      draft.post = {} as Post;
    });
  });

  it("TYPES-3 say what each form of a call answers", () => {
    const calls = async () => {
      expectTypeOf(await DataStore.save({} as Post)).toEqualTypeOf<Post>();
      expectTypeOf(await DataStore.query(Post, "id")).toEqualTypeOf<Post | undefined>();
      expectTypeOf(await DataStore.query(Post, { id: "id" })).toEqualTypeOf<Post | undefined>();
      expectTypeOf(await DataStore.query(Post)).toEqualTypeOf<Post[]>();
      expectTypeOf(await DataStore.query(Post, Predicates.ALL, { page: 0, limit: 1 })).toEqualTypeOf<Post[]>();
      expectTypeOf(await DataStore.query(Seat, { row: "a", number: 1 })).toEqualTypeOf<Seat | undefined>();
      expectTypeOf(await DataStore.delete({} as Post)).toEqualTypeOf<Post>();
      expectTypeOf(await DataStore.delete(Post, "id")).toEqualTypeOf<Post[]>();
      expectTypeOf(await DataStore.delete(Post, (p) => p.title.eq("t"))).toEqualTypeOf<Post[]>();
      expectTypeOf(await (await DataStore.query(Post))[0]?.comments.toArray()).toEqualTypeOf<Comment[] | undefined>();
      DataStore.observe(Post).subscribe(({ element }) => expectTypeOf(element).toEqualTypeOf<Post>());
      DataStore.observe({} as Post).subscribe(({ element }) => expectTypeOf(element).toEqualTypeOf<Post>());
      DataStore.observeQuery(Post, (p) => p.rating.gt(1), { sort: (s) => s.title(SortDirection.ASCENDING) }).subscribe(
        ({ items, isSynced }) => {
          expectTypeOf(items).toEqualTypeOf<Post[]>();
          expectTypeOf(isSynced).toEqualTypeOf<boolean>();
        },
      );
      initSchema({});
    };
    expectTypeOf(calls).toBeFunction();
  });

  it("TYPES-4 restrict operators by field, and lead through relations", () => {
    const calls = async () => {
      await DataStore.query(Post, (p) => p.or((q) => [q.title.beginsWith("a"), q.not((r) => r.labels.contains("x"))]));
      await DataStore.query(Post, (p) => p.comments.text.eq("x"));
      await DataStore.query(Post, (p) => p.comments.and((c) => [c.text.eq("x"), c.post.title.ne("y")]));
      // @ts-expect-error numbers have no prefix
      await DataStore.query(Post, (p) => p.rating.beginsWith("a"));
      // @ts-expect-error there is no such field
      await DataStore.query(Post, (p) => p.nonsense.eq("a"));
      // @ts-expect-error a condition is on the record itself
      await DataStore.save({} as Post, (p) => p.comments.text.eq("x"));
      DataStore.configure({ syncExpressions: [syncExpression(Post, () => Predicates.ALL)] });
    };
    expectTypeOf(calls).toBeFunction();
  });
});
