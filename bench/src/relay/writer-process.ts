/** Child process: a client that writes. Arguments: folder, URL of the relay. */
import { serve } from "../child.ts";
import { makeMessages } from "../message.ts";
import { instances, openOurStore, saveAll } from "../ours.ts";

const [folder = "", url = ""] = process.argv.slice(2);
const writer = await openOurStore(folder, { name: "writer", url });
const ids: string[] = [];
let likes = 100;
let next = 0;

serve({ create, change }, () => writer.store.stop());

async function create(count: number): Promise<null> {
  await saveNew(count);
  await writer.store.settled();
  return null;
}

async function change(count: number): Promise<string> {
  likes += 1;
  const half = count / 2;
  for (let i = 0; i < half; i++) {
    const id = ids[next++ % ids.length] ?? "";
    const found = await writer.store.query(writer.Message, id);
    if (found === undefined) throw new Error(`the writer lost ${id}`);
    await writer.store.save(
      writer.Message.copyOf(found, (draft) => {
        draft.likes = likes;
      }),
    );
  }
  await saveNew(count - half);
  await writer.store.settled();
  return ids.at(-1) ?? "";
}

const PORTION = 5000;

/** In portions, so that the objects of 100,000 records need not be there at once. */
async function saveNew(count: number): Promise<void> {
  for (let saved = 0; saved < count; saved += PORTION) {
    const portion = instances(writer, makeMessages(Math.min(PORTION, count - saved)));
    await saveAll(writer, portion);
    for (const { id } of portion) ids.push(String(id));
  }
}
