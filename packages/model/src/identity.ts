/** Who is asking. A door authenticates and hands in the identity; nothing else may make one. */
import type { JsonValue } from "./json-value.ts";

export type Identity =
  | { readonly kind: "nobody" }
  | { readonly kind: "apiKey" /** Which key, never the key itself. */; readonly id: string }
  | {
      readonly kind: "token";
      readonly subject: string;
      readonly claims: { readonly [claim: string]: JsonValue };
      readonly provider: "userPools" | "oidc";
    }
  | { readonly kind: "iam"; readonly principal: string; readonly role: "authenticated" | "unauthenticated" }
  /** The relay's own operator: its tools, not its clients. */
  | { readonly kind: "operator" };

/** The part of an identity that owns things: databases, pushes, outboxes. */
export function principalOf(identity: Identity): string {
  switch (identity.kind) {
    case "nobody":
    case "operator":
      return identity.kind;
    case "apiKey":
      return `apiKey:${identity.id}`;
    case "token":
      return `${identity.provider}:${identity.subject}`;
    case "iam":
      return `iam:${identity.principal}`;
  }
}
