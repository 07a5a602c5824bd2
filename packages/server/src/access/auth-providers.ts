/** The names under which schemas and Amplify call the ways to authenticate. */

const providers: readonly string[] = ["apiKey", "userPools", "oidc", "iam", "function"];

/** What is wrong with a list of providers, as the end of a sentence; null when this version serves them. */
export function refuseProviders(names: readonly string[]): string | null {
  if (names.length === 0) return "names no provider; this version serves apiKey";
  for (const name of names) {
    if (!providers.includes(name)) return `names ${JSON.stringify(name)}; the providers are ${providers.join(", ")}`;
    if (name !== "apiKey") return `names ${name}, which this version does not serve yet; it serves apiKey`;
  }
  return names.length > 1 ? "names a provider twice" : null;
}
