/** Child process: a Tributary server on the folder it is given, open to all, on a free port. */
import { createLog, createServer, openDataDirectory } from "@tributary/server";
import { serve } from "../child.ts";
import { messageSchema } from "../message.ts";

const [folder = ""] = process.argv.slice(2);
const server = await createServer({
  schema: messageSchema,
  directory: openDataDirectory(folder),
  port: 0,
  isSandbox: true,
  log: createLog({ level: "error", format: "text" }),
});

serve(
  {
    async url() {
      return server.url;
    },
    async cpuUs() {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
  },
  () => server.close(),
);
