/** A credential as it travels in `hello` and `reauthenticate`. What it is worth is the relay's to find out. */

import { ceilings } from "./ceilings.ts";
import { readMap, readObject, readString } from "./wire/json-body.ts";
import { malformed } from "./wire/malformed.ts";

export type Auth =
  | { readonly kind: "none" }
  | { readonly kind: "apiKey"; readonly key: string }
  /** A JWT, without `Bearer`; or whatever the relay's own authorizer takes for a token. */
  | { readonly kind: "token"; readonly token: string }
  /** The headers of a request to the relay's sync URL, signed with AWS Signature v4; names in lower case. */
  | { readonly kind: "iam"; readonly headers: Readonly<Record<string, string>> };

export function readAuth(value: unknown, where: string): Auth {
  const { kind } = readObject(value, where);
  switch (kind) {
    case "none":
      readObject(value, where, ["kind"]);
      return { kind };
    case "apiKey": {
      const { key } = readObject(value, where, ["kind", "key"]);
      return { kind, key: readString(key, `${where}.key`, 1, ceilings.credentialBytes) };
    }
    case "token": {
      const { token } = readObject(value, where, ["kind", "token"]);
      return { kind, token: readString(token, `${where}.token`, 1, ceilings.credentialBytes) };
    }
    case "iam": {
      const { headers } = readObject(value, where, ["kind", "headers"]);
      return { kind, headers: readHeaders(headers, `${where}.headers`) };
    }
    default:
      throw malformed(`${where}.kind is none of none, apiKey, token, iam`);
  }
}

function readHeaders(value: unknown, where: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, content] of readMap(value, where, ceilings.headers, ceilings.headerNameBytes)) {
    headers[name] = readString(content, `${where}.${name}`, 0, ceilings.credentialBytes);
  }
  return headers;
}
