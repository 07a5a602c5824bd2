/** What code of the app threw, for a developer: with the place it was thrown at, where that is known. */
export function faultText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}
