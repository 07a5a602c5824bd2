/**
 * Tells an update that does nothing but delete its record. It is read on its own: the document it was made on may be gone.
 */
import { type GuardCaps, GuardError, scanUpdate } from "@tributary/model";
import { ContentAny, decodeUpdate, Item } from "yjs";

export function isDeletionUpdate(update: Uint8Array, caps: GuardCaps): boolean {
  try {
    scanUpdate(update, caps);
  } catch (error) {
    if (error instanceof GuardError) return false;
    throw error;
  }
  const { structs } = decodeUpdate(update);
  return structs.length > 0 && structs.every((struct) => struct instanceof Item && isDeletionContent(struct.content));
}

function isDeletionContent(content: unknown): boolean {
  return content instanceof ContentAny && content.arr.every(isDeletionEntry);
}

function isDeletionEntry(entry: unknown): boolean {
  const fields = (entry as { readonly f?: unknown } | null)?.f;
  if (typeof fields !== "object" || fields === null) return false;
  const names = Object.keys(fields);
  return names.length === 1 && (fields as { readonly _deleted?: unknown })._deleted === true;
}
