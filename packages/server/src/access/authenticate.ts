/**
 * Who is asking: a credential to an identity, for every door alike.
 *
 * With an API key configured it is needed everywhere. Without one, a sandbox takes everybody for nobody in particular, and
 * what nobody may do is decided by `authorize`. Tokens and signatures are not verified yet and refused.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Identity } from "@tributary/model";
import type { Auth } from "@tributary/protocol";
import type { Authentication } from "@tributary/relay";

export interface Access {
  /** Null when no key is configured. */
  readonly apiKey: string | null;
  /** Models without `@auth` rules are open. */
  readonly isSandbox: boolean;
}

export type Authenticate = (auth: Auth) => Promise<Authentication>;

const nobody: Identity = { kind: "nobody" };
/** One key, one identity: replacing the key does not change who its bearer is. */
const keyBearer: Identity = { kind: "apiKey", id: "default" };

/** Everybody whom `createAuthenticate` accepts. */
export function identitiesOf({ apiKey }: Access): readonly Identity[] {
  return [apiKey === null ? nobody : keyBearer];
}

export function createAuthenticate(access: Access): Authenticate {
  const { apiKey, isSandbox } = access;
  const expected = apiKey === null ? null : digest(apiKey);

  function judge(auth: Auth): Authentication {
    if (expected === null) return isSandbox || auth.kind === "none" ? accepted(nobody) : noKeyConfigured(auth);
    switch (auth.kind) {
      case "apiKey":
        // Digests are of one length, so that the comparison tells nothing about the key, not even how long it is.
        return timingSafeEqual(digest(auth.key), expected) ? accepted(keyBearer) : refused("the API key is wrong");
      case "none":
        return refused("an API key is needed: send it as x-api-key");
      case "token":
      case "iam":
        return refused(notVerified(auth));
    }
  }

  return async (auth) => judge(auth);
}

function noKeyConfigured(auth: Exclude<Auth, { kind: "none" }>): Authentication {
  return refused(
    auth.kind === "apiKey" ? "no API key is configured here: start with --api-key or --sandbox" : notVerified(auth),
  );
}

function notVerified(auth: Extract<Auth, { kind: "token" | "iam" }>): string {
  const what = auth.kind === "token" ? "tokens" : "AWS signatures";
  return `${what} are not accepted by this version: send an API key as x-api-key`;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function accepted(identity: Identity): Authentication {
  return { outcome: "accepted", identity, expiresAt: null };
}

function refused(reason: string): Authentication {
  return { outcome: "refused", reason };
}
