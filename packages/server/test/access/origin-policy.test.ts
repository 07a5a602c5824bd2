import { describe, expect, test } from "vitest";
import { createOriginPolicy, parseOrigin } from "../../src/access/origin-policy.ts";

const isAllowed = (policy: ReturnType<typeof createOriginPolicy>, origin: string | undefined, host: string) =>
  policy.refusal(origin, host) === null;

describe("by default", () => {
  const policy = createOriginPolicy({ allowed: [], trustsHost: true });

  test.each([
    [undefined, "relay.example.com"],
    ["https://relay.example.com", "relay.example.com"],
    ["http://relay.example.com:4000", "relay.example.com:4000"],
    ["https://relay.example.com", "relay.example.com:443"],
    ["http://localhost:3000", "relay.example.com"],
    ["http://app.localhost:3000", "relay.example.com"],
    ["http://127.0.0.1:5173", "relay.example.com"],
    ["http://[::1]:5173", "relay.example.com"],
  ])("SERVER-30 %s reaches %s", (origin, host) => {
    expect(policy.refusal(origin, host)).toBeNull();
  });

  test.each([
    ["https://evil.example", "relay.example.com"],
    ["https://relay.example.com:8443", "relay.example.com"],
    ["https://relay.example.com.evil.example", "relay.example.com"],
    ["http://localhost.evil.example", "relay.example.com"],
    ["http://127.0.0.1.evil.example", "relay.example.com"],
    ["null", "relay.example.com"],
    ["", "relay.example.com"],
    ["https://a b", "relay.example.com"],
  ])("SERVER-30 %s does not reach %s", (origin, host) => {
    expect(policy.refusal(origin, host)).toMatch(/^the origin .* is not allowed; start with --allow-origin /);
  });

  test("SERVER-30 a refusal repeats no control characters and no long text", () => {
    const refusal = policy.refusal(`https://${"x".repeat(10_000)}\n\u001b[0m`, "relay.example.com") ?? "";
    expect(refusal.length).toBeLessThan(600);
    expect(refusal).toMatch(/^[\x20-\x7e]+$/);
  });
});

test("SERVER-31 origins are allowed by name, all of them by *", () => {
  const named = createOriginPolicy({ allowed: ["https://app.example.com"], trustsHost: true });
  expect(isAllowed(named, "https://app.example.com", "relay:4000")).toBe(true);
  expect(isAllowed(named, "http://app.example.com", "relay:4000")).toBe(false);
  const all = createOriginPolicy({ allowed: ["*"], trustsHost: false });
  expect(isAllowed(all, "null", "relay:4000")).toBe(true);
  expect(isAllowed(all, "https://evil.example", "evil.example")).toBe(true);
});

test("SERVER-32 where the host proves nothing, a name that was made to resolve here is refused, with and without an origin", () => {
  const policy = createOriginPolicy({ allowed: ["https://relay.example.com"], trustsHost: false });
  expect(isAllowed(policy, undefined, "localhost:4000")).toBe(true);
  expect(isAllowed(policy, undefined, "127.0.0.1:4000")).toBe(true);
  expect(isAllowed(policy, undefined, "[::1]:4000")).toBe(true);
  expect(isAllowed(policy, undefined, "relay.example.com")).toBe(true);
  expect(isAllowed(policy, "http://localhost:4000", "localhost:4000")).toBe(true);
  expect(isAllowed(policy, undefined, "rebound.example:4000")).toBe(false);
  expect(isAllowed(policy, "http://rebound.example:4000", "rebound.example:4000")).toBe(false);
  expect(isAllowed(policy, "http://192.0.2.1:4000", "192.0.2.1:4000")).toBe(false);
});

test.each([
  ["https://app.example.com", "https://app.example.com"],
  ["https://APP.example.com:443/", "https://app.example.com"],
  ["http://localhost:3000", "http://localhost:3000"],
  ["*", "*"],
  ["app.example.com", null],
  ["https://app.example.com/path", null],
  ["https://user@app.example.com", null],
  ["ftp://app.example.com", null],
  ["", null],
])("SERVER-31 %s is the origin %s", (text, origin) => {
  expect(parseOrigin(text)).toBe(origin);
});
