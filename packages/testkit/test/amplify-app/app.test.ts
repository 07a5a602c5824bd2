/** An app written for Amplify's DataStore, as it is: only the names it imports lead to Tributary. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { generateModels } from "@tributary/schema/codegen";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Device, load, places, startRelay } from "./places.ts";

const read = (...names: string[]): string => readFileSync(path.join(import.meta.dirname, ...names), "utf8");
const schemaFile = read("schema.graphql");

const titles = (posts: readonly { readonly title: string }[]): string[] => posts.map(({ title }) => title).sort();

describe.each(places(schemaFile))("an app of Amplify's, $name", ({ open }) => {
  /** Runs the app, then looks whether what it did is there for the next start and the next device. */
  async function inApp(work: (app: Device) => Promise<void>): Promise<void> {
    const { app, checkElsewhere } = await open();
    await work(app);
    await checkElsewhere();
  }

  it("MOVE-1 writes, edits and deletes", () =>
    inApp(async ({ posts, DataStore, models: { Post } }) => {
      const post = await posts.addPost({ title: "First", labels: ["a"] });
      expect(post).toMatchObject({ title: "First", status: "DRAFT", rating: null, labels: ["a"], createdAt: null });
      expect(await posts.rename(post.id, "Renamed")).toMatchObject({ id: post.id, title: "Renamed" });
      await posts.addLabel(post.id, "b");
      expect(await DataStore.query(Post, post.id)).toMatchObject({ title: "Renamed", labels: ["a", "b"] });
      const published = await posts.publish((await DataStore.query(Post, post.id)) ?? post, "2024-05-01");
      expect(published).toMatchObject({ status: "ACTIVE", publishedOn: "2024-05-01" });
      await expect(posts.publish(published, "2024-06-01")).rejects.toThrow("Conditional update failed");
      const [low, lower, pinned] = [
        await posts.addPost({ title: "Low", rating: 1 }),
        await posts.addPost({ title: "Lower", rating: 0 }),
        await DataStore.save(new Post({ title: "Pinned", status: "ACTIVE", isPinned: true, rating: 9 })),
      ];
      await expect(posts.removeIfUnpinned(pinned)).rejects.toThrow("Conditional update failed");
      expect(await posts.removeIfUnpinned(lower)).toMatchObject({ id: lower.id });
      expect(titles(await posts.removeById(low.id))).toEqual(["Low"]);
      expect(await posts.removeById(low.id)).toEqual([]);
      // Null is below every number, as in JavaScript.
      expect(titles(await posts.removeRatedBelow(9))).toEqual(["Renamed"]);
      await posts.remove(pinned.id);
      expect(await posts.allPosts()).toEqual([]);
      for (const title of ["a", "b"]) await posts.addPost({ title });
      expect(titles(await posts.removeAll())).toEqual(["a", "b"]);
      expect(await posts.rename("nobody", "x")).toBeUndefined();
      await posts.addPost({ title: "left over" });
    }));

  it("MOVE-1 keeps every kind of field, JSON and read-only ones too", () =>
    inApp(async ({ posts, DataStore, models: { Post } }) => {
      const saved = await posts.addFullPost();
      const found = await DataStore.query(Post, saved.id);
      expect(found).toMatchObject({
        labels: ["a", null, "b"],
        scores: [3, 1, 2],
        isPinned: false,
        metadata: { source: { kind: "import", lines: [1, 2] } },
        publishedOn: "2024-02-29",
        remindAt: "2024-02-29T08:30:00.000Z",
      });
      expect(Object.isFrozen(found)).toBe(true);
      expect(() => new Post({ title: "t", status: "DRAFT", createdAt: "2020-01-01T00:00:00.000Z" } as never)).toThrow(
        "createdAt is read-only.",
      );
      expect(() => new Post({ title: null, status: "DRAFT" } as never)).toThrow("Field title is required");
      expect(() => new Post({ title: 5, status: "DRAFT" } as never)).toThrow(
        "Field title should be of type string, number received. 5",
      );
      await expect(DataStore.save(new Post({ status: "DRAFT" } as never))).rejects.toThrow("Field title is required");
    }));

  it("MOVE-1 finds by every operator, sorts and pages", () =>
    inApp(async ({ posts, DataStore, models: { Post } }) => {
      for (const [title, rating, status, labels] of [
        ["a", 1, "DRAFT", ["red"]],
        ["b", 3, "ACTIVE", ["blue", "red"]],
        ["c", 5, "ACTIVE", undefined],
        ["bb", undefined, "INACTIVE", []],
      ] as const) {
        await DataStore.save(new Post({ title, rating, status, labels: labels && [...labels] }));
      }
      const found: Record<string, string[]> = {};
      for (const [name, search] of Object.entries(posts.searches)) found[name] = titles(await search());
      expect(found).toEqual({
        eq: ["b", "c"],
        ne: ["a", "bb", "c"],
        gt: ["c"],
        ge: ["b", "c"],
        lt: ["a", "bb"],
        le: ["a", "b", "bb"],
        between: ["b"],
        beginsWith: ["b", "bb"],
        contains: ["b", "bb"],
        notContains: ["a", "c"],
        inList: ["a", "c"],
        notInList: ["b", "bb"],
        isNull: ["a", "b", "bb", "c"],
        listContains: ["a", "b"],
        and: ["b", "c"],
        or: ["a", "c"],
        not: ["b", "bb", "c"],
        nested: ["bb", "c"],
      });
      const inOrder = async (found: Promise<readonly { readonly title: string }[]>) =>
        (await found).map(({ title }) => title);
      expect(await inOrder(posts.allPosts())).toEqual(["a", "b", "c", "bb"]);
      expect(await inOrder(posts.postsOfPage(0, 3))).toEqual(["a", "b", "bb"]);
      expect(await inOrder(posts.postsOfPage(1, 3))).toEqual(["c"]);
      expect(await inOrder(posts.bestFirst())).toEqual(["c", "b", "a", "bb"]);
      expect(await inOrder(posts.firstByTitle(2))).toEqual(["a", "b"]);
    }));

  it("MOVE-1 follows relations of every kind", () =>
    inApp(async ({ relations, DataStore, models: { Author, Comment, Post, PostEditor, Cover } }) => {
      const { blog, post, other, author, comments, cover } = await relations.addFamily();
      expect(await relations.tellAbout(post.id)).toEqual({
        blog: "Travels",
        cover: "https://example.org/cover.png",
        comments: ["Lovely", "Where is it?"],
        first: 1,
        iterated: ["Lovely", "Where is it?"],
        editors: ["ada"],
        siblings: ["By train", "By ship"],
      });
      expect(await relations.tellAbout("nobody")).toMatchObject({ comments: undefined, iterated: [], editors: [] });
      expect(await relations.postsOfAuthor(author.id)).toEqual(["By ship", "By train"]);
      expect(post.postCoverId).toBe(cover.id);
      const { nested } = relations;
      expect(titles(await nested.postsCommentedBy("ada"))).toEqual(["By train"]);
      expect(await nested.commentsInBlog("Travels")).toHaveLength(2);
      expect(titles(await nested.postsEditedBy("ada"))).toEqual(["By ship", "By train"]);
      expect(await nested.commentsOf(other)).toEqual([]);
      expect(titles(await nested.grouped())).toEqual(["By train"]);
      expect(titles(await nested.uncommented("Where"))).toEqual(["By train"]);
      const [moved] = comments;
      if (moved === undefined) throw new Error("there are no comments");
      expect((await (await relations.moveComment(moved, other)).post)?.title).toBe("By ship");
      const orphan = await relations.moveComment(moved, null);
      expect([orphan.postCommentsId, await orphan.post]).toEqual([null, undefined]);
      expect(await relations.moveHome(author.id, 60)).toMatchObject({
        contact: { email: "ada@example.org", languages: ["en", "fr"], home: { lat: 60, lng: -0.1 } },
        offices: [
          { lat: 48.9, lng: 2.4 },
          { lat: 0, lng: 0 },
        ],
      });
      await relations.removeBlog(blog);
      const counts = [Post, PostEditor, Cover, Comment, Author].map((model) => DataStore.count<object>(model));
      expect(await Promise.all(counts)).toEqual([0, 0, 0, 1, 1]);
    }));

  it("MOVE-1 uses keys of every kind", () =>
    inApp(async ({ identifiers, DataStore, models: { Chapter, Customer } }) => {
      await identifiers.addBook();
      expect(await identifiers.chapter("978-0", 2)).toMatchObject({ heading: "Two", bookChaptersIsbn: "978-0" });
      expect(await identifiers.headings("978-0")).toEqual(["One", "Two"]);
      expect(await identifiers.headingOfNote("read again")).toBe("One");
      expect(await identifiers.bookByObject("978-0")).toMatchObject({ title: "On Keys" });
      expect(await identifiers.retitleBook("978-0", "On Locks")).toMatchObject({ isbn: "978-0", title: "On Locks" });
      expect((await identifiers.removeChapter("978-0", 1)).map(({ heading }) => heading)).toEqual(["One"]);
      await expect(DataStore.query(Chapter, "978-0" as never)).rejects.toThrow("composite");
      expect(await identifiers.addCustomer("DE", "1")).toMatchObject({ country: "DE", id: "1" });
      // The documentation: an id within a composite key is drawn where none is given.
      const drawn = await DataStore.save(new Customer({ country: "FR" } as never));
      expect(drawn.id).toMatch(/^[\da-f-]{36}$/);
      const project = await identifiers.addProject("Drawn");
      expect(await identifiers.addProject("Own", "own-id")).toMatchObject({
        id: "own-id",
        name: "Own",
        startedOn: null,
      });
      for (const title of ["z", "a"]) await identifiers.addTask(project, title);
      expect(await identifiers.tasksOf(project.id)).toEqual(["a", "z"]);
    }));

  it("MOVE-1 observes in every form, and keeps lists fresh", () =>
    inApp(async ({ live, posts, DataStore, models: { Comment, Post } }) => {
      const post = await posts.addPost({ title: "Best", rating: 5 });
      const heard = live.follow(post);
      const list = live.watchPosts(3);
      const seen: (string | undefined)[] = [];
      const stopWatching = live.watchPost(post.id, (shown) => seen.push(shown?.title));
      await expect.poll(() => list.snapshots.at(-1)?.titles).toEqual(["Best"]);
      await expect.poll(() => seen.at(-1)).toBe("Best");
      const other = await posts.addPost({ title: "Fine", rating: 4 });
      await DataStore.save(new Comment({ content: "on it", post }));
      await DataStore.save(new Comment({ content: "elsewhere", post: other }));
      await posts.rename(post.id, "Better");
      await expect.poll(() => list.snapshots.at(-1)?.titles).toEqual(["Better", "Fine"]);
      const found = await DataStore.query(Post, other.id);
      if (found === undefined) throw new Error("the post is gone");
      await DataStore.save(Post.copyOf(found, (draft) => void Object.assign(draft, { rating: 1 })));
      await DataStore.delete(Post, post.id);
      await expect.poll(() => list.snapshots.at(-1)?.titles).toEqual([]);
      await expect.poll(() => seen.at(-1)).toBeUndefined();
      await expect.poll(() => heard.related.messages).toContain("INSERT on it");
      const own = (messages: readonly string[]) => [...new Set(messages)];
      expect(own(heard.model.messages)).toEqual(
        expect.arrayContaining(["INSERT Fine", "UPDATE Better", "UPDATE Fine", "DELETE Better"]),
      );
      // The relay's answer to the first save is an update, too.
      expect(own(heard.id.messages).filter((one) => one !== "UPDATE Best")).toEqual(["UPDATE Better", "DELETE Better"]);
      expect(own(heard.instance.messages)).toEqual(own(heard.id.messages));
      expect(own(heard.predicate.messages)).toEqual(own(heard.id.messages));
      expect(own(heard.related.messages)).not.toContain("INSERT elsewhere");
      expect(own(heard.all.messages)).toEqual(expect.arrayContaining([`UPDATE Post ${post.id}`]));
      expect(heard.all.messages.filter((message) => message.startsWith("INSERT other"))).toHaveLength(2);
      for (const one of Object.values(heard)) one.stop();
      list.unsubscribe();
      stopWatching();
      const counts = Object.values(heard).map(({ messages }) => messages.length);
      await posts.addPost({ title: "Best of all", rating: 5 });
      expect(Object.values(heard).map(({ messages }) => messages.length)).toEqual(counts);
    }));

  it("MOVE-1 works through functions of its own over any model", () =>
    inApp(async ({ generic, models: { Book, Chapter, Task } }) => {
      const heard: string[] = [];
      const stop = generic.onChange(Task, ({ opType, element, model }) =>
        heard.push(`${opType} ${element.title} ${(model as unknown) === Task}`),
      );
      await generic.create(Task, { title: "write", isDone: false, projectID: "p" });
      await generic.create(Task, { title: "read", isDone: true, projectID: "p" });
      await generic.create(Book, { isbn: "1", title: "One" });
      await generic.create(Chapter, { isbn: "1", number: 1 });
      const [done] = await generic.list(Task, (t) => t.isDone.eq(true));
      await generic.change(Task, done.id, (draft) => {
        draft.title = "read on";
      });
      await generic.change(Chapter, { isbn: "1", number: 1 }, (draft) => {
        draft.heading = "Start";
      });
      expect(await generic.list(Chapter)).toMatchObject([{ heading: "Start" }]);
      const sorted = await generic.list(Task, undefined, { sort: (s) => s.title(generic.directionOf(false)) });
      expect(sorted.map(({ title }) => title)).toEqual(["write", "read on"]);
      await expect.poll(() => heard).toEqual(expect.arrayContaining(["INSERT write true", "UPDATE read on true"]));
      stop();
    }));

  it("MOVE-1 starts, stops and clears as it is used to", () =>
    inApp(async ({ DataStore, posts, settings, records }) => {
      settings.configure();
      const events = settings.listen();
      const ready = settings.untilReady();
      await DataStore.start();
      await ready;
      expect(events.names).toEqual(expect.arrayContaining(["storageSubscribed", "ready"]));
      await posts.addPost({ title: "before" });
      await DataStore.stop();
      await DataStore.start();
      expect(titles(await posts.allPosts())).toEqual(["before"]);
      events.stop();
      const count = events.names.length;
      await posts.removeAll();
      await settings.signOut();
      expect(events.names.length).toBe(count);
      expect(settings.problems).toEqual([]);
      await DataStore.start();
      await expect.poll(() => records()).toEqual({});
    }));
});

describe("two devices with the app", () => {
  it("MOVE-1 edit one post while they are apart, and hold both edits when they meet", async () => {
    const relay = await startRelay(schemaFile);
    const one = await load({ ...relay });
    const two = await load({ ...relay });
    const events = two.settings.listen();
    const post = await one.posts.addPost({ title: "Shared", labels: ["x"] });
    await Promise.all([one.DataStore.settled(), two.DataStore.settled()]);
    await expect.poll(async () => titles(await two.posts.allPosts())).toEqual(["Shared"]);
    expect(events.modelsSynced).toEqual(expect.arrayContaining(["Post", "Comment", "PostEditor"]));
    expect(events.isOnline).toBe(true);
    const list = two.live.watchPosts(-1);
    await Promise.all([one.DataStore.setOnline(false), two.DataStore.setOnline(false)]);
    await one.posts.rename(post.id, "Renamed");
    await one.posts.addLabel(post.id, "one");
    await two.posts.addLabel(post.id, "two");
    await two.posts.publish((await two.DataStore.query(two.models.Post, post.id)) ?? post, "2024-05-01");
    await Promise.all([one.DataStore.setOnline(true), two.DataStore.setOnline(true)]);
    await Promise.all([one.DataStore.settled(), two.DataStore.settled()]);
    const merged = { title: "Renamed", status: "ACTIVE", publishedOn: "2024-05-01" };
    for (const { DataStore, models } of [one, two]) {
      await expect.poll(() => DataStore.query(models.Post, post.id)).toMatchObject(merged);
      const found = await DataStore.query(models.Post, post.id);
      expect([...(found?.labels ?? [])].sort()).toEqual(["one", "two", "x"]);
      expect(found?.createdAt).toMatch(/^\d{4}-/);
    }
    expect(list.snapshots.at(-1)?.isSynced).toBe(true);
    list.unsubscribe();
    events.stop();
  });
});

describe("an app with models of the first dialect", () => {
  it("MOVE-1 works on files that name one target each, and syncs", async () => {
    const relay = await startRelay(read("first-dialect", "schema.graphql"));
    const device = async () => {
      vi.resetModules();
      const { DataStore } = await import("@aws-amplify/datastore");
      const orders = await import("./first-dialect/orders.ts");
      DataStore.configure(relay);
      onTestFinished(() => DataStore.stop());
      return { DataStore, orders };
    };
    const [one, two] = [await device(), await device()];
    const { id } = await one.orders.order("Ada", ["ink", "paper"]);
    expect(await one.orders.pay(id)).toMatchObject({ state: "PAID" });
    await Promise.all([one.DataStore.settled(), two.DataStore.settled()]);
    await expect
      .poll(() => two.orders.invoice(id))
      .toEqual({ customer: "Ada", city: "Ely", orders: 1, items: ["ink", "paper"], itemsOfOrder: 2, state: "PAID" });
  });
});

describe("the models folders of the app", () => {
  it.each([
    ["", 12],
    ["first-dialect", 3],
  ])("MOVE-2 are what this project's generator writes too: ./%s", (folder, models) => {
    const files = generateModels(read(folder, "schema.graphql"), "javascript");
    expect(files.map(({ name }) => name).sort()).toEqual(["index.d.ts", "index.js", "schema.d.ts", "schema.js"]);
    for (const { name, text } of files) expect(read(folder, "models", name).trimEnd()).toBe(text.trimEnd());
    expect(files.find(({ name }) => name === "schema.js")?.text.match(/"pluralName"/g)).toHaveLength(models);
  });
});
