import { ModelInit, MutableModel, __modelMeta__, ManagedIdentifier, OptionallyManagedIdentifier, CustomIdentifier, CompositeIdentifier } from "@aws-amplify/datastore";
// @ts-ignore
import { LazyLoading, LazyLoadingDisabled, AsyncCollection, AsyncItem } from "@aws-amplify/datastore";

export enum PostStatus {
  DRAFT = "DRAFT",
  ACTIVE = "ACTIVE",
  INACTIVE = "INACTIVE"
}

export enum Priority {
  LOW = "LOW",
  HIGH = "HIGH"
}

type EagerLocation = {
  readonly lat: number;
  readonly lng: number;
}

type LazyLocation = {
  readonly lat: number;
  readonly lng: number;
}

export declare type Location = LazyLoading extends LazyLoadingDisabled ? EagerLocation : LazyLocation

export declare const Location: (new (init: ModelInit<Location>) => Location)

type EagerContact = {
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly languages?: string[] | null;
  readonly home?: Location | null;
}

type LazyContact = {
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly languages?: string[] | null;
  readonly home?: Location | null;
}

export declare type Contact = LazyLoading extends LazyLoadingDisabled ? EagerContact : LazyContact

export declare const Contact: (new (init: ModelInit<Contact>) => Contact)

type EagerBlog = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Blog, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly name: string;
  readonly posts?: (Post | null)[] | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

type LazyBlog = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Blog, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly name: string;
  readonly posts: AsyncCollection<Post>;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

export declare type Blog = LazyLoading extends LazyLoadingDisabled ? EagerBlog : LazyBlog

export declare const Blog: (new (init: ModelInit<Blog>) => Blog) & {
  copyOf(source: Blog, mutator: (draft: MutableModel<Blog>) => MutableModel<Blog> | void): Blog;
}

type EagerPost = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Post, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly title: string;
  readonly rating?: number | null;
  readonly status: PostStatus | keyof typeof PostStatus;
  readonly labels?: (string | null)[] | null;
  readonly scores?: number[] | null;
  readonly isPinned?: boolean | null;
  readonly metadata?: string | null;
  readonly publishedOn?: string | null;
  readonly remindAt?: string | null;
  readonly blog?: Blog | null;
  readonly comments?: (Comment | null)[] | null;
  readonly cover?: Cover | null;
  readonly editors?: (PostEditor | null)[] | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
  readonly blogPostsId?: string | null;
  readonly postCoverId?: string | null;
}

type LazyPost = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Post, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly title: string;
  readonly rating?: number | null;
  readonly status: PostStatus | keyof typeof PostStatus;
  readonly labels?: (string | null)[] | null;
  readonly scores?: number[] | null;
  readonly isPinned?: boolean | null;
  readonly metadata?: string | null;
  readonly publishedOn?: string | null;
  readonly remindAt?: string | null;
  readonly blog: AsyncItem<Blog | undefined>;
  readonly comments: AsyncCollection<Comment>;
  readonly cover: AsyncItem<Cover | undefined>;
  readonly editors: AsyncCollection<PostEditor>;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
  readonly blogPostsId?: string | null;
  readonly postCoverId?: string | null;
}

export declare type Post = LazyLoading extends LazyLoadingDisabled ? EagerPost : LazyPost

export declare const Post: (new (init: ModelInit<Post>) => Post) & {
  copyOf(source: Post, mutator: (draft: MutableModel<Post>) => MutableModel<Post> | void): Post;
}

type EagerComment = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Comment, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly content: string;
  readonly post?: Post | null;
  readonly author?: Author | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
  readonly postCommentsId?: string | null;
  readonly authorCommentsId?: string | null;
}

type LazyComment = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Comment, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly content: string;
  readonly post: AsyncItem<Post | undefined>;
  readonly author: AsyncItem<Author | undefined>;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
  readonly postCommentsId?: string | null;
  readonly authorCommentsId?: string | null;
}

export declare type Comment = LazyLoading extends LazyLoadingDisabled ? EagerComment : LazyComment

export declare const Comment: (new (init: ModelInit<Comment>) => Comment) & {
  copyOf(source: Comment, mutator: (draft: MutableModel<Comment>) => MutableModel<Comment> | void): Comment;
}

type EagerCover = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Cover, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly url: string;
  readonly post?: Post | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
  readonly coverPostId?: string | null;
}

type LazyCover = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Cover, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly url: string;
  readonly post: AsyncItem<Post | undefined>;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
  readonly coverPostId?: string | null;
}

export declare type Cover = LazyLoading extends LazyLoadingDisabled ? EagerCover : LazyCover

export declare const Cover: (new (init: ModelInit<Cover>) => Cover) & {
  copyOf(source: Cover, mutator: (draft: MutableModel<Cover>) => MutableModel<Cover> | void): Cover;
}

type EagerAuthor = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Author, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly username: string;
  readonly contact?: Contact | null;
  readonly offices?: Location[] | null;
  readonly comments?: (Comment | null)[] | null;
  readonly posts?: (PostEditor | null)[] | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

type LazyAuthor = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Author, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly username: string;
  readonly contact?: Contact | null;
  readonly offices?: Location[] | null;
  readonly comments: AsyncCollection<Comment>;
  readonly posts: AsyncCollection<PostEditor>;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

export declare type Author = LazyLoading extends LazyLoadingDisabled ? EagerAuthor : LazyAuthor

export declare const Author: (new (init: ModelInit<Author>) => Author) & {
  copyOf(source: Author, mutator: (draft: MutableModel<Author>) => MutableModel<Author> | void): Author;
}

type EagerProject = {
  readonly [__modelMeta__]: {
    identifier: OptionallyManagedIdentifier<Project, 'id'>;
    readOnlyFields: 'startedOn' | 'changedOn';
  };
  readonly id: string;
  readonly name: string;
  readonly tasks?: (Task | null)[] | null;
  readonly startedOn?: string | null;
  readonly changedOn?: string | null;
}

type LazyProject = {
  readonly [__modelMeta__]: {
    identifier: OptionallyManagedIdentifier<Project, 'id'>;
    readOnlyFields: 'startedOn' | 'changedOn';
  };
  readonly id: string;
  readonly name: string;
  readonly tasks: AsyncCollection<Task>;
  readonly startedOn?: string | null;
  readonly changedOn?: string | null;
}

export declare type Project = LazyLoading extends LazyLoadingDisabled ? EagerProject : LazyProject

export declare const Project: (new (init: ModelInit<Project>) => Project) & {
  copyOf(source: Project, mutator: (draft: MutableModel<Project>) => MutableModel<Project> | void): Project;
}

type EagerTask = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Task, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly title: string;
  readonly isDone: boolean;
  readonly priority?: Priority | keyof typeof Priority | null;
  readonly dueAt?: number | null;
  readonly estimate?: number | null;
  readonly projectID: string;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

type LazyTask = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Task, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly title: string;
  readonly isDone: boolean;
  readonly priority?: Priority | keyof typeof Priority | null;
  readonly dueAt?: number | null;
  readonly estimate?: number | null;
  readonly projectID: string;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

export declare type Task = LazyLoading extends LazyLoadingDisabled ? EagerTask : LazyTask

export declare const Task: (new (init: ModelInit<Task>) => Task) & {
  copyOf(source: Task, mutator: (draft: MutableModel<Task>) => MutableModel<Task> | void): Task;
}

type EagerBook = {
  readonly [__modelMeta__]: {
    identifier: CustomIdentifier<Book, 'isbn'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly isbn: string;
  readonly title: string;
  readonly chapters?: (Chapter | null)[] | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

type LazyBook = {
  readonly [__modelMeta__]: {
    identifier: CustomIdentifier<Book, 'isbn'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly isbn: string;
  readonly title: string;
  readonly chapters: AsyncCollection<Chapter>;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

export declare type Book = LazyLoading extends LazyLoadingDisabled ? EagerBook : LazyBook

export declare const Book: (new (init: ModelInit<Book>) => Book) & {
  copyOf(source: Book, mutator: (draft: MutableModel<Book>) => MutableModel<Book> | void): Book;
}

type EagerChapter = {
  readonly [__modelMeta__]: {
    identifier: CompositeIdentifier<Chapter, ['isbn', 'number']>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly isbn: string;
  readonly number: number;
  readonly heading?: string | null;
  readonly book?: Book | null;
  readonly notes?: (Note | null)[] | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
  readonly bookChaptersIsbn?: string | null;
}

type LazyChapter = {
  readonly [__modelMeta__]: {
    identifier: CompositeIdentifier<Chapter, ['isbn', 'number']>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly isbn: string;
  readonly number: number;
  readonly heading?: string | null;
  readonly book: AsyncItem<Book | undefined>;
  readonly notes: AsyncCollection<Note>;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
  readonly bookChaptersIsbn?: string | null;
}

export declare type Chapter = LazyLoading extends LazyLoadingDisabled ? EagerChapter : LazyChapter

export declare const Chapter: (new (init: ModelInit<Chapter>) => Chapter) & {
  copyOf(source: Chapter, mutator: (draft: MutableModel<Chapter>) => MutableModel<Chapter> | void): Chapter;
}

type EagerNote = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Note, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly text: string;
  readonly chapter?: Chapter | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
  readonly chapterNotesIsbn?: string | null;
  readonly chapterNotesNumber?: number | null;
}

type LazyNote = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<Note, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly text: string;
  readonly chapter: AsyncItem<Chapter | undefined>;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
  readonly chapterNotesIsbn?: string | null;
  readonly chapterNotesNumber?: number | null;
}

export declare type Note = LazyLoading extends LazyLoadingDisabled ? EagerNote : LazyNote

export declare const Note: (new (init: ModelInit<Note>) => Note) & {
  copyOf(source: Note, mutator: (draft: MutableModel<Note>) => MutableModel<Note> | void): Note;
}

type EagerCustomer = {
  readonly [__modelMeta__]: {
    identifier: CompositeIdentifier<Customer, ['country', 'id']>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly country: string;
  readonly name?: string | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

type LazyCustomer = {
  readonly [__modelMeta__]: {
    identifier: CompositeIdentifier<Customer, ['country', 'id']>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly country: string;
  readonly name?: string | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

export declare type Customer = LazyLoading extends LazyLoadingDisabled ? EagerCustomer : LazyCustomer

export declare const Customer: (new (init: ModelInit<Customer>) => Customer) & {
  copyOf(source: Customer, mutator: (draft: MutableModel<Customer>) => MutableModel<Customer> | void): Customer;
}

type EagerPostEditor = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<PostEditor, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly postId?: string | null;
  readonly authorId?: string | null;
  readonly post: Post;
  readonly author: Author;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

type LazyPostEditor = {
  readonly [__modelMeta__]: {
    identifier: ManagedIdentifier<PostEditor, 'id'>;
    readOnlyFields: 'createdAt' | 'updatedAt';
  };
  readonly id: string;
  readonly postId?: string | null;
  readonly authorId?: string | null;
  readonly post: AsyncItem<Post>;
  readonly author: AsyncItem<Author>;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

export declare type PostEditor = LazyLoading extends LazyLoadingDisabled ? EagerPostEditor : LazyPostEditor

export declare const PostEditor: (new (init: ModelInit<PostEditor>) => PostEditor) & {
  copyOf(source: PostEditor, mutator: (draft: MutableModel<PostEditor>) => MutableModel<PostEditor> | void): PostEditor;
}
