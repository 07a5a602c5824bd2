/** What the types of generated model files make of the API: a source that compiles against Amplify's compiles here. */

import type * as surface from "@tributary/datastore/node";
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
  type PersistentModelMetaData,
  Predicates,
  SortDirection,
  type SortPredicate,
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

  it("TYPES-5 lead sorts through relations to one, and back to where they start", () => {
    const calls = async () => {
      const sort = (s: SortPredicate<Comment>) => s.post.title("ASCENDING").text("DESCENDING").post.rating("ASCENDING");
      await DataStore.query(Comment, undefined, { sort });
      DataStore.observeQuery(Comment, undefined, { sort });
      // @ts-expect-error a sort takes fields of one record
      await DataStore.query(Post, undefined, { sort: (s) => s.comments.text("ASCENDING") });
      // @ts-expect-error a sort takes a field, not a record
      await DataStore.query(Comment, undefined, { sort: (s) => s.post("ASCENDING") });
    };
    expectTypeOf(calls).toBeFunction();
  });

  it("TYPES-6 have every name that apps write", () => {
    type Metadata = PersistentModelMetaData<Post>;
    expectTypeOf<ModelInit<Post, Metadata>>().toEqualTypeOf<ModelInit<Post>>();
    expectTypeOf<MutableModel<Post, Metadata>>().toEqualTypeOf<MutableModel<Post>>();
    expectTypeOf<"createdAt">().not.toExtend<keyof surface.ModelInitBase<Post, Metadata>>();
    expectTypeOf<surface.IdentifierFields<Seat, PersistentModelMetaData<Seat>>>().toEqualTypeOf<"row" | "number">();
    expectTypeOf<surface.IdentifierFieldsForInit<Post, Metadata>>().toEqualTypeOf<never>();
    expectTypeOf<surface.IdentifierFieldsForInit<Comment, never>>().toEqualTypeOf<"id">();
    expectTypeOf<surface.IdentifierFieldValue<Post, Metadata>>().toEqualTypeOf<string>();
    expectTypeOf<{ row: string; number: number }>().toExtend<
      surface.IdentifierFieldOrIdentifierObject<Seat, PersistentModelMetaData<Seat>>
    >();
    expectTypeOf<ManagedIdentifier<Post, "id">>().toExtend<surface.Identifier<Post>>();
    expectTypeOf<CompositeIdentifier<Seat, ["row", "number"]>>().toExtend<surface.Identifier<Seat>>();
    expectTypeOf<surface.CustomIdentifier<Seat, "row">>().toExtend<surface.Identifier<Seat>>();
    expectTypeOf<surface.IdentifierBrand<{ a: 1 }, "kind">>().toExtend<{ a: 1 }>();
    expectTypeOf<surface.MetadataOrDefault<Post, Metadata>["readOnlyFields"]>().toEqualTypeOf<
      "createdAt" | "updatedAt"
    >();
    expectTypeOf<surface.MetadataReadOnlyFields<Comment, never>>().toEqualTypeOf<"createdAt">();
    expectTypeOf<surface.DefaultPersistentModelMetaData["readOnlyFields"]>().toEqualTypeOf<never>();
    expectTypeOf<surface.SettableFieldType<AsyncItem<Post | undefined>>>().toEqualTypeOf<Post | null | undefined>();
    expectTypeOf<surface.SettableFieldType<AsyncItem<Post>>>().toEqualTypeOf<Post>();
    expectTypeOf<surface.SettableFieldType<AsyncCollection<Comment>>>().toEqualTypeOf<Comment[] | undefined>();
    expectTypeOf<Post>().toExtend<surface.PersistentModel>();
    expectTypeOf<Seat>().toExtend<surface.PersistentModel>();
    expectTypeOf<surface.ModelInstanceMetadata["_version"]>().toEqualTypeOf<number | undefined>();

    type Title = surface.ValuePredicate<Post, string>;
    expectTypeOf<Parameters<Title["gt"]>[0]>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<surface.ModelPredicate<Post>["title"]>().toEqualTypeOf<Title>();
    expectTypeOf<surface.V5ModelPredicate<Post>["and"]>().toExtend<surface.ModelPredicateOperator<Post>>();
    expectTypeOf<surface.V5ModelPredicate<Post>["not"]>().toExtend<surface.ModelPredicateNegation<Post>>();
    expectTypeOf<surface.RecursiveModelPredicate<Post>["or"]>().toExtend<
      surface.RecursiveModelPredicateOperator<Post>
    >();
    expectTypeOf<surface.RecursiveModelPredicate<Post>["not"]>().toExtend<
      surface.RecursiveModelPredicateNegation<Post>
    >();
    expectTypeOf<surface.RecursiveModelPredicateExtender<Post>>()
      .parameter(0)
      .toEqualTypeOf<surface.RecursiveModelPredicate<Post>>();
    expectTypeOf<surface.ModelPredicateExtender<Post>>().toEqualTypeOf<surface.ProducerModelPredicate<Post>>();
    type Parts = ReturnType<surface.ModelPredicateAggregateExtender<Post>>;
    expectTypeOf<Parts>().toEqualTypeOf<ReturnType<surface.RecursiveModelPredicateAggregateExtender<Post>>>();
    expectTypeOf<Parts[number]>().toEqualTypeOf<surface.PredicateInternalsKey>();
    expectTypeOf<"beginsWith">().toExtend<surface.AllFieldOperators>();
    expectTypeOf<surface.PredicateObject<Seat>["field"]>().toEqualTypeOf<"row" | "number" | "guest">();
    expectTypeOf<surface.PredicatesGroup<Seat>["type"]>().toEqualTypeOf<"and" | "or" | "not">();
    expectTypeOf<surface.SortPredicatesGroup<Seat>[number]>().toEqualTypeOf<surface.SortPredicateObject<Seat>>();
    expectTypeOf<surface.SortPredicate<Seat>["row"]>().toExtend<surface.SortPredicateExpression<Seat, string>>();
    expectTypeOf<surface.ProducerPaginationInput<Seat>["sort"]>().toEqualTypeOf<
      surface.ProducerSortPredicate<Seat> | undefined
    >();
    expectTypeOf<surface.PaginationInput<Seat>["limit"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<surface.ObserveQueryOptions<Seat>["sort"]>().toEqualTypeOf<
      surface.ProducerSortPredicate<Seat> | undefined
    >();

    expectTypeOf<surface.SubscriptionMessage<Post>["model"]>().toEqualTypeOf<PersistentModelConstructor<Post>>();
    expectTypeOf<surface.SubscriptionMessage<Post>["opType"]>().toEqualTypeOf<surface.OpType>();
    expectTypeOf<surface.DataStoreSnapshot<Post>["items"]>().toEqualTypeOf<Post[]>();
    expectTypeOf<surface.SyncError<Post>["localModel"]>().toEqualTypeOf<Post>();
    expectTypeOf<surface.SyncError<Post>["errorType"]>().toEqualTypeOf<surface.ErrorType>();
    expectTypeOf<surface.SyncError<Post>["process"]>().toEqualTypeOf<surface.ProcessName>();
    expectTypeOf<surface.SyncConflict["remoteModel"]>().toEqualTypeOf<surface.PersistentModel>();
    expectTypeOf<ReturnType<surface.ConflictHandler>>().toExtend<
      surface.PersistentModel | typeof surface.DISCARD | Promise<surface.PersistentModel | typeof surface.DISCARD>
    >();
    expectTypeOf<(error: surface.SyncError<surface.PersistentModel>) => void>().toExtend<surface.ErrorHandler>();
    expectTypeOf<surface.SyncExpression[]>().toExtend<NonNullable<surface.DataStoreConfig["syncExpressions"]>>();
    expectTypeOf<() => Promise<{ token: string }>>().toExtend<
      NonNullable<surface.AuthProviders["functionAuthProvider"]>
    >();
    expectTypeOf<surface.AuthModeStrategy>().parameter(0).toEqualTypeOf<surface.AuthModeStrategyParams>();
    expectTypeOf<"apiKey">().toExtend<surface.AuthModeStrategyReturn>();
    expectTypeOf<surface.ModelAuthModes[string]["READ"][number]>().toEqualTypeOf<surface.GraphQLAuthMode>();

    expectTypeOf<surface.Schema>().toEqualTypeOf<surface.DataStoreSchema>();
    expectTypeOf<surface.Schema>().toExtend<surface.UserSchema>();
    expectTypeOf<surface.InternalSchema["namespaces"]>().toEqualTypeOf<surface.SchemaNamespaces>();
    expectTypeOf<surface.SchemaNamespaces[string]>().toEqualTypeOf<surface.SchemaNamespace>();
    expectTypeOf<surface.SchemaModels[string]>().toEqualTypeOf<surface.SchemaModel>();
    expectTypeOf<surface.SchemaNonModels[string]>().toEqualTypeOf<surface.SchemaNonModel>();
    expectTypeOf<surface.SchemaModel["fields"]>().toEqualTypeOf<surface.ModelFields>();
    expectTypeOf<surface.SchemaModel["attributes"]>().toEqualTypeOf<surface.ModelAttributes | undefined>();
    expectTypeOf<surface.ModelAttributeAuth["properties"]["rules"][number]>().toEqualTypeOf<surface.ModelAuthRule>();
    expectTypeOf<surface.ModelAttributeAuthProperty>().toExtend<surface.ModelAuthRule>();
    expectTypeOf<surface.ModelAttributeKey>().toExtend<surface.ModelAttribute>();
    expectTypeOf<surface.ModelField["association"]>().toEqualTypeOf<surface.ModelAssociation | undefined>();
    expectTypeOf<surface.ModelFields[string]>().toEqualTypeOf<surface.ModelField>();
    expectTypeOf<surface.ModelFieldType | surface.NonModelFieldType>().toExtend<surface.ModelField["type"]>();
    expectTypeOf<ReturnType<typeof initSchema>>().toEqualTypeOf<surface.TypeConstructorMap>();
    expectTypeOf<surface.NonModelTypeConstructor<{ readonly lat: number }>>().instance.toEqualTypeOf<{
      readonly lat: number;
    }>();
    expectTypeOf<surface.StorageAdapter["open"]>().toBeFunction();
    expectTypeOf<surface.QueryOne>().toEqualTypeOf<0 | 1>();
  });

  it("TYPES-7 read metadata that stands beside a type", () => {
    type Metadata = { readOnlyFields: "createdAt" };
    type Order = { readonly id: string; readonly total: number; readonly createdAt?: string | null };
    expectTypeOf<keyof ModelInit<Order, Metadata>>().toEqualTypeOf<"total">();
    const Order = {} as { copyOf(source: Order, mutator: (draft: MutableModel<Order, Metadata>) => void): Order };
    const calls = () =>
      Order.copyOf({} as Order, (draft) => {
        draft.total = 1;
        // @ts-expect-error the relay writes it
        draft.createdAt = "now";
        // @ts-expect-error the key keeps its value
        draft.id = "other";
      });
    expectTypeOf(calls).toBeFunction();
  });
});
