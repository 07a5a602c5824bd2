/** The whole story, from an empty folder to five replicas that hold the same. */
import { readFileSync } from "node:fs";
import { parseSchema } from "@tributary/schema/sdl";
import { generateChat } from "../chat/generate-chat.ts";
import { createGraphqlClient } from "../graphql/graphql-client.ts";
import type { ProcessGroup } from "../processes/child.ts";
import type { Comparison } from "../replicas/compare-replicas.ts";
import { writeScript } from "../scenario/write-script.ts";
import { conclude } from "./conclude.ts";
import { startFamily } from "./family.ts";
import { gather } from "./gather.ts";
import { killTwo } from "./kill-two.ts";
import type { Narrator } from "./narrator.ts";
import { reunite } from "./reunite.ts";
import type { Telling } from "./telling.ts";
import { writeApart } from "./write-apart.ts";

export interface StoryOptions {
  readonly seed: number;
  /** Empty. */
  readonly folder: string;
  readonly schemaFile: string;
  /** Whoever tells the story ends what it started. */
  readonly group: ProcessGroup;
  readonly narrator: Narrator;
}

export interface StoryEnd {
  readonly comparison: Comparison;
  /** What should not have happened, one line each. */
  readonly surprises: readonly string[];
}

const MESSAGES = 2_000;

/** Rejects when something fails, and when a process ends that nobody killed. */
export function tellStory(options: StoryOptions): Promise<StoryEnd> {
  return Promise.race([tell(options), options.group.broken]);
}

async function tell({ seed, folder, schemaFile, group, narrator }: StoryOptions): Promise<StoryEnd> {
  const chat = generateChat(seed, MESSAGES);
  const schema = parseSchema(readFileSync(schemaFile, "utf8"), { file: schemaFile });
  const family = await startFamily({
    group,
    folder,
    schemaFile,
    schema,
    onWritten: (name, done, total) => narrator.progress.show(`${name} writes`, done, total),
  });
  const telling: Telling = {
    chat,
    family,
    narrator,
    script: writeScript(seed, chat),
    schema,
    graphql: createGraphqlClient(family.relay),
    written: [],
    surprises: [],
  };
  const since = await gather(telling);
  await writeApart(telling);
  await killTwo(telling);
  await reunite(telling);
  const comparison = await conclude(telling, since);
  narrator.progress.show("everybody goes home");
  await family.close();
  narrator.progress.clear();
  return { comparison, surprises: telling.surprises };
}
