/** What the app does with records that belong together. */
import { DataStore } from "@aws-amplify/datastore";
import { Author, Blog, Comment, Contact, Cover, Location, Post, PostEditor, PostStatus } from "./models/index.js";

export interface Family {
  readonly blog: Blog;
  readonly post: Post;
  readonly other: Post;
  readonly author: Author;
  readonly comments: readonly Comment[];
  readonly cover: Cover;
}

export async function addFamily(): Promise<Family> {
  const blog = await DataStore.save(new Blog({ name: "Travels" }));
  const cover = await DataStore.save(new Cover({ url: "https://example.org/cover.png" }));
  const post = await DataStore.save(
    new Post({ title: "By train", rating: 4, status: PostStatus.ACTIVE, blog, cover, comments: [] }),
  );
  const other = await DataStore.save(new Post({ title: "By ship", status: "DRAFT", blog }));
  const author = await DataStore.save(
    new Author({
      username: "ada",
      contact: new Contact({
        email: "ada@example.org",
        phone: "+44 20 7946 0000",
        languages: ["en"],
        home: new Location({ lat: 51.5, lng: -0.1 }),
      }),
      offices: [new Location({ lat: 48.9, lng: 2.4 })],
    }),
  );
  const comments = [
    await DataStore.save(new Comment({ content: "Lovely", post, author })),
    await DataStore.save(new Comment({ content: "Where is it?", post })),
  ];
  await DataStore.save(new PostEditor({ post, author }));
  await DataStore.save(new PostEditor({ post: other, author }));
  return { blog, post, other, author, comments, cover };
}

/** Everything that a post leads to. */
export async function tellAbout(id: string) {
  const post = await DataStore.query(Post, id);
  const iterated: string[] = [];
  if (post) for await (const comment of post.comments) iterated.push(comment.content);
  const editors = await post?.editors.toArray();
  const names = await Promise.all((editors ?? []).map(async (editor) => (await editor.author).username));
  return {
    blog: (await post?.blog)?.name,
    cover: (await post?.cover)?.url,
    comments: (await post?.comments.toArray())?.map(({ content }) => content),
    first: (await post?.comments.toArray({ max: 1 }))?.length,
    iterated,
    editors: names,
    siblings: (await (await post?.blog)?.posts.toArray())?.map(({ title }) => title),
  };
}

export async function postsOfAuthor(id: string): Promise<string[]> {
  const author = await DataStore.query(Author, id);
  const titles: string[] = [];
  for (const editor of (await author?.posts.toArray()) ?? []) titles.push((await editor.post).title);
  return titles.sort();
}

export const nested = {
  postsCommentedBy: (username: string) => DataStore.query(Post, (p) => p.comments.author.username.eq(username)),
  commentsInBlog: (name: string) => DataStore.query(Comment, (c) => c.post.blog.name.eq(name)),
  postsEditedBy: (username: string) => DataStore.query(Post, (p) => p.editors.author.username.eq(username)),
  commentsOf: (post: Post) => DataStore.query(Comment, (c) => c.post.id.eq(post.id)),
  grouped: () =>
    DataStore.query(Post, (p) =>
      p.comments.and((c) => [
        c.content.beginsWith("Love"),
        c.or((d) => [d.author.username.eq("ada"), d.content.eq("x")]),
      ]),
    ),
  uncommented: (word: string) => DataStore.query(Post, (p) => p.or((q) => [q.comments.content.contains(word)])),
} as const;

export async function moveComment(comment: Comment, post: Post | null): Promise<Comment> {
  return DataStore.save(
    Comment.copyOf(comment, (draft) => {
      draft.post = post;
    }),
  );
}

/** An embedded type within an embedded type, edited in place. */
export async function moveHome(id: string, lat: number): Promise<Author> {
  const author = await DataStore.query(Author, id);
  if (!author) throw new Error(`there is no author ${id}`);
  return DataStore.save(
    Author.copyOf(author, (draft) => {
      if (draft.contact?.home) draft.contact.home.lat = lat;
      draft.contact?.languages?.push("fr");
      draft.offices?.push(new Location({ lat: 0, lng: 0 }));
    }),
  );
}

export const removeBlog = (blog: Blog): Promise<Blog> => DataStore.delete(blog);
