import { parseSchema } from "@tributary/schema/sdl";
import { expect, it, onTestFinished } from "vitest";
import { createCluster } from "../src/cluster/cluster.ts";
import { createRandom } from "../src/cluster/random.ts";
import { noteSchema } from "./note-schema.ts";
import { converge, get, noteOf } from "./notes.ts";
import { sqlitePlaces } from "./temp-folder.ts";

/** The schema of the clients, with models and fields declared in another order. */
const reordered = parseSchema(`
  type Folder @model @auth(rules: [{ allow: public }]) {
    name: String!
    id: ID!
  }
  type Note @model @auth(rules: [{ allow: public }]) {
    folderId: ID @index(name: "byFolder", sortKeyFields: ["title"])
    tags: [String]
    stars: Int
    body: String
    done: Boolean
    title: String!
    id: ID! @primaryKey
  }
`);

it("F6 a first sync takes rows rightly from a relay that declares the same fields in another order", async () => {
  expect(reordered.hash).toBe(noteSchema.hash);
  const { adapter } = sqlitePlaces();
  const cluster = await createCluster({
    schema: noteSchema,
    random: createRandom(1),
    adapter,
    relay: { schema: reordered },
  });
  onTestFinished(() => cluster.stop());
  const [a, b] = [cluster.client("a"), cluster.client("b")];
  const note = { title: "t", body: "b", stars: 3, done: true, tags: ["x"] };
  const { id } = await a.store.save(new (noteOf(a))(note));
  await converge(cluster, a);
  await converge(cluster, a, b);
  expect(await get(b, String(id))).toMatchObject({ id, ...note, folderId: null });
});
