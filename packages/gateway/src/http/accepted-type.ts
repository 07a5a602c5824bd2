/** Which media type of an answer a caller takes. */

export type AnswerType = "application/json" | "application/graphql-response+json";

/** Null when JSON is not among what is accepted. Without a word on it, everything is. */
export function acceptedType(accept: string | undefined): AnswerType | null {
  if (accept === undefined || accept.trim() === "") return "application/json";
  const types = accept.split(",").map((part) => part.split(";")[0]?.trim().toLowerCase());
  if (["application/json", "application/*", "*/*"].some((type) => types.includes(type))) return "application/json";
  return types.includes("application/graphql-response+json") ? "application/graphql-response+json" : null;
}
