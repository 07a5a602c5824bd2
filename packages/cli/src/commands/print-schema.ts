/** `tributary schema print` */
import process from "node:process";
import { type PrintFlags, printSchema as print } from "@tributary/server/schema";

export async function printSchema(flags: PrintFlags): Promise<void> {
  process.stdout.write(await print(flags));
}
