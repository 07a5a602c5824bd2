/** What a request has to look like before anything of it is read. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { refuseHttp } from "./answer-http.ts";

/** What a form on a web page can send without asking is not among them: pages that may not ask cannot write either. */
const BODY_TYPES = ["application/json", "application/graphql+json", "application/graphql"];

/** True when the request was refused for its method or the type of its body, and is answered. */
export function refuseForm(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method === "GET") return false;
  if (request.method !== "POST") {
    response.setHeader("allow", "GET, POST");
    refuseHttp(response, 405, "MalformedHttpRequestException", `${request.method} is not served; send GET or POST`);
    return true;
  }
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  if (BODY_TYPES.includes(type.trim().toLowerCase())) return false;
  const message = "the body must be JSON, with the content-type application/json";
  refuseHttp(response, 415, "MalformedHttpRequestException", message);
  return true;
}
