/** Child process: records clients' pushes into files, so that whoever sends them again has no client's memory to look after. */
import { writeFileSync } from "node:fs";
import { serve } from "../child.ts";
import { recordPushes } from "./record-pushes.ts";

interface Recording {
  readonly folder: string;
  readonly count: number;
  /** Where the frames go: each behind its length, as 32 bits, little-endian. */
  readonly file: string;
}

serve(
  {
    async record({ folder, count, file }: Recording) {
      const { greeting, pushes } = await recordPushes(folder, count);
      const parts = [greeting, ...pushes].flatMap((frame) => {
        const length = Buffer.alloc(4);
        length.writeUInt32LE(frame.length);
        return [length, frame];
      });
      writeFileSync(file, Buffer.concat(parts));
    },
  },
  async () => {},
);
