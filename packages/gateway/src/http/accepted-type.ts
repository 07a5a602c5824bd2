/** Which media type of an answer a caller takes. */

export type AnswerType = "application/json" | "application/graphql-response+json";

/**
 * The one that is liked best, of equals the first. Null when JSON is not among what is accepted. Without a word on it, everything
 * is.
 */
export function acceptedType(accept: string | undefined): AnswerType | null {
  if (accept === undefined || accept.trim() === "") return "application/json";
  const best = accept
    .split(",")
    .map(readRange)
    .filter(({ type, liking }) => type !== null && liking > 0)
    .sort((a, b) => b.liking - a.liking)[0];
  return best?.type ?? null;
}

/** One part of the header: what would be answered to it, and how much it is liked, from 0 to 1. */
function readRange(part: string): { readonly type: AnswerType | null; readonly liking: number } {
  const [range = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice("q=".length);
  const liking = quality === undefined ? 1 : Number(quality);
  return { type: typeFor(range), liking: Number.isNaN(liking) ? 0 : liking };
}

function typeFor(range: string): AnswerType | null {
  switch (range) {
    case "application/graphql-response+json":
      return range;
    case "application/json":
    case "application/*":
    case "*/*":
      return "application/json";
    default:
      return null;
  }
}
