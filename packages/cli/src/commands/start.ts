/** `tributary start` */
import type { Flags } from "@tributary/server";
import { serve } from "./serve.ts";

export async function start(flags: Flags): Promise<void> {
  await serve(flags, { fallbackKey: () => null });
}
