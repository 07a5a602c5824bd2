/**
 * Which web pages may talk to the server, told by the `Origin` a browser sends and no page can forge.
 *
 * Clients that are no browsers send none and pass: they could send anything. Pages pass from the host they reach the server
 * under, from loopback hosts, and from origins that were allowed by name.
 */

export interface OriginRules {
  /** Origins such as `https://app.example.com`, or `*` for all. */
  readonly allowed: readonly string[];
  /**
   * Whether the name in `Host` proves anything. On a loopback listener that asks for no credential it does not: a page of
   * any site can have its own name resolve to 127.0.0.1 and is then on the "same host".
   */
  readonly trustsHost: boolean;
}

export interface OriginPolicy {
  /** Why the request is refused, null when it is not. `origin` and `host` are the headers as they came. */
  refusal(origin: string | undefined, host: string | undefined): string | null;
}

export function createOriginPolicy(rules: OriginRules): OriginPolicy {
  const allowsAll = rules.allowed.includes("*");
  const allowed = new Set(rules.allowed);
  const allowedHosts = new Set(rules.allowed.filter((origin) => origin !== "*").map((origin) => new URL(origin).host));

  function isOriginAllowed(origin: string, host: string | undefined): boolean {
    if (allowsAll || allowed.has(origin)) return true;
    const url = parse(origin);
    if (url === null) return false;
    if (isLoopback(url.hostname)) return true;
    return rules.trustsHost && host !== undefined && parse(`${url.protocol}//${host}`)?.host === url.host;
  }

  function isHostAllowed(host: string | undefined): boolean {
    if (rules.trustsHost || allowsAll || host === undefined) return true;
    const url = parse(`http://${host}`);
    return url !== null && (isLoopback(url.hostname) || isAddress(url.hostname) || allowedHosts.has(url.host));
  }

  return {
    refusal(origin, host) {
      if (!isHostAllowed(host)) {
        return `the host ${shown(host)} is not allowed on an open sandbox; start with --allow-origin http://${shown(host)}`;
      }
      if (origin === undefined || isOriginAllowed(origin, host)) return null;
      return `the origin ${shown(origin)} is not allowed; start with --allow-origin ${shown(origin)}`;
    },
  };
}

/** The canonical form of an origin given by a person; null when it is none. */
export function parseOrigin(text: string): string | null {
  if (text === "*") return text;
  const url = parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return null;
  const isBare =
    url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  return isBare ? url.origin : null;
}

export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase();
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    name === "[::1]" ||
    name === "::1" ||
    /^127(\.\d{1,3}){3}$/.test(name)
  );
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname);
}

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** A header's value in an answer: short, and without what could be taken for something else. */
function shown(value: string | undefined): string {
  return (value ?? "").replace(/[^\x21-\x7e]/g, "?").slice(0, 200);
}
