/**
 * Documents that requests name by their hash instead of sending them, by the protocol of Apollo's and urql's clients:
 * `extensions.persistedQuery` holds `version` 1 and `sha256Hash`.
 *
 * `automatic`: whoever names a document that is not known is told so, sends both once, and may name it from then on. What is kept
 * is forgotten with the process, and the least used first; a hash gives nobody a right, since documents are executed as whoever
 * names them. `only`: nothing but the documents of a list is served, by the names that the list gives them or by their text.
 * `off`: clients are told to send documents, and go on with that.
 */
import { createHash } from "node:crypto";
import { parse, print } from "graphql";
import { LRUCache } from "lru-cache";
import { GatewayError } from "../gateway-error.ts";
import type { GatewayLimits } from "../gateway-limits.ts";

export type PersistedQueries = "automatic" | "off" | { readonly only: ReadonlyMap<string, string> };

/** The members of a request that say which document it means. */
export interface DocumentRequest {
  readonly query: unknown;
  readonly extensions?: unknown;
}

export type FoundText =
  | {
      readonly outcome: "found";
      readonly text: string;
      /** To be called when the document turned out to be one that is served. */
      keep(): void;
    }
  | { readonly outcome: "refused"; readonly error: GatewayError };

export type FindText = (request: DocumentRequest) => FoundText;

type Limits = Pick<GatewayLimits, "maxPersistedQueryCharacters" | "maxTokens">;

export function createFindText(persistedQueries: PersistedQueries, limits: Limits): FindText {
  if (persistedQueries === "automatic") return automatic(limits);
  return persistedQueries === "off" ? unnamed : listed(persistedQueries.only, limits);
}

function automatic({ maxPersistedQueryCharacters }: Limits): FindText {
  const texts = new LRUCache<string, string>({
    maxSize: maxPersistedQueryCharacters,
    sizeCalculation: (text) => text.length,
  });
  return ({ query, extensions }) => {
    const name = nameIn(extensions);
    if (name === null) return sent(query);
    if (name instanceof GatewayError) return refused(name);
    if (query === undefined || query === null) {
      const text = texts.get(name);
      return text === undefined ? refused(notFound()) : found(text);
    }
    const given = sent(query);
    if (given.outcome === "refused") return given;
    const { text } = given;
    if (createHash("sha256").update(text).digest("hex") !== name) {
      return refused(malformed("extensions.persistedQuery.sha256Hash is not the hash of the query"));
    }
    return found(text, () => texts.set(name, text));
  };
}

function unnamed({ query, extensions }: DocumentRequest): FoundText {
  const isNamedOnly = (query === undefined || query === null) && nameIn(extensions) !== null;
  return isNamedOnly ? refused(notSupported()) : sent(query);
}

function listed(texts: ReadonlyMap<string, string>, { maxTokens }: Limits): FindText {
  const byForm = new Map([...texts.values()].map((text) => [normalForm(text, maxTokens), text]));
  return ({ query, extensions }) => {
    const name = nameIn(extensions);
    if (name instanceof GatewayError) return refused(name);
    const named = name === null ? undefined : texts.get(name);
    if (named !== undefined) return found(named);
    const given = sent(query);
    if (given.outcome === "refused") return name === null ? given : refused(notListed());
    const text = byForm.get(normalForm(given.text, maxTokens));
    return text === undefined ? refused(notListed()) : found(text);
  };
}

/** Equal for documents that differ in nothing but how they are written. What is no document of bounded size has a form of its own. */
function normalForm(text: string, maxTokens: number): string {
  try {
    return print(parse(text, { maxTokens, noLocation: true }));
  } catch {
    // Either GraphQL says why when it is served, or it is not listed.
    return text;
  }
}

/** Null where no document is named. */
function nameIn(extensions: unknown): string | GatewayError | null {
  const persisted = memberOf(extensions, "persistedQuery");
  if (persisted === undefined || persisted === null) return null;
  const name = memberOf(persisted, "sha256Hash");
  if (memberOf(persisted, "version") === 1 && typeof name === "string") return name;
  return malformed("extensions.persistedQuery is not {version: 1, sha256Hash}");
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}

function sent(query: unknown): FoundText {
  if (typeof query === "string") return found(query);
  return refused(malformed("query is missing; send the GraphQL document as a string"));
}

function found(text: string, keep: () => void = () => {}): FoundText {
  return { outcome: "found", text, keep };
}

function refused(error: GatewayError): FoundText {
  return { outcome: "refused", error };
}

function malformed(message: string): GatewayError {
  return new GatewayError("MalformedHttpRequestException", message, { status: 400 });
}

// Clients go by these very words. They take them from an answer of 200, as from Apollo's server.
function notFound(): GatewayError {
  return new GatewayError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound");
}

function notSupported(): GatewayError {
  return new GatewayError("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported");
}

function notListed(): GatewayError {
  return new GatewayError("UnsupportedOperation", "the document is not among those that are served here", {
    status: 400,
  });
}
