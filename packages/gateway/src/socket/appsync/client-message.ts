/** The messages of a client of AppSync's realtime protocol, and the reader that tells them from anything else. */
import type { JsonValue } from "@tributary/model";
import { isJsonObject, readJson } from "../../json.ts";
import type { RequestHeaders } from "../../request-headers.ts";
import { headersIn } from "./handshake-headers.ts";
import type { RealtimeError } from "./server-message.ts";

export type ClientMessage =
  | { readonly type: "connection_init" }
  | {
      readonly type: "start";
      /** Chosen by the client; the answers carry it. */
      readonly id: string;
      /** JSON text of `{query, variables}`. */
      readonly data: string;
      /** Who asks, as headers of a request. */
      readonly authorization: RequestHeaders;
    }
  | { readonly type: "stop"; readonly id: string };

export type ReadMessage =
  | { readonly outcome: "read"; readonly message: ClientMessage }
  | { readonly outcome: "refused"; readonly error: RealtimeError };

/** Clients send UUIDs. */
const MAX_ID_LENGTH = 256;

export function readClientMessage(text: string): ReadMessage {
  const read = readJson(text);
  if (read.outcome === "refused") return malformed(`the message cannot be read: ${read.reason}`);
  if (!isJsonObject(read.value)) return malformed("the message is no object");
  const { type, id, payload = null } = read.value;
  switch (type) {
    case "connection_init":
      return { outcome: "read", message: { type } };
    case "start":
      return isId(id) ? readStart(id, payload) : malformed(`start has no id of 1 to ${MAX_ID_LENGTH} characters`);
    case "stop":
      return isId(id)
        ? { outcome: "read", message: { type, id } }
        : malformed(`stop has no id of 1 to ${MAX_ID_LENGTH} characters`);
    default: {
      const message = "unknown not supported through the realtime channel";
      return { outcome: "refused", error: { errorType: "UnsupportedOperation", message } };
    }
  }
}

function readStart(id: string, payload: JsonValue): ReadMessage {
  const { data, extensions = null } = isJsonObject(payload) ? payload : {};
  if (typeof data !== "string")
    return malformed("the payload of start has no data; send {query, variables} as JSON text");
  const { authorization = null } = isJsonObject(extensions) ? extensions : {};
  const headers = isJsonObject(authorization) ? headersIn(authorization) : {};
  return { outcome: "read", message: { type: "start", id, data, authorization: headers } };
}

function isId(id: JsonValue | undefined): id is string {
  return typeof id === "string" && id.length > 0 && id.length <= MAX_ID_LENGTH;
}

function malformed(message: string): ReadMessage {
  return { outcome: "refused", error: { errorType: "BadRequestException", message } };
}
