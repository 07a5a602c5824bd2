/** The names under which schemas and Amplify call the ways to authenticate. */
import { type AuthProvider, authProviders } from "@tributary/schema";

export type ReadProviders =
  | { readonly outcome: "read"; readonly providers: readonly AuthProvider[] }
  /** `problem` is the end of a sentence. */
  | { readonly outcome: "refused"; readonly problem: string };

/** A list of providers as somebody wrote it; the first is the default. */
export function readProviders(names: readonly string[]): ReadProviders {
  const read: AuthProvider[] = [];
  for (const name of names) {
    const provider = authProviders.find((known) => known === name);
    if (provider === undefined) {
      return {
        outcome: "refused",
        problem: `names ${JSON.stringify(name)}; the providers are ${authProviders.join(", ")}`,
      };
    }
    if (read.includes(provider)) return { outcome: "refused", problem: `names ${provider} twice` };
    read.push(provider);
  }
  return { outcome: "read", providers: read };
}

/** What is wrong with a list of providers, as the end of a sentence; null when this version serves them. */
export function refuseProviders(names: readonly string[]): string | null {
  if (names.length === 0) return "names no provider; this version serves apiKey";
  const read = readProviders(names);
  if (read.outcome === "refused") return read.problem;
  const other = read.providers.find((provider) => provider !== "apiKey");
  return other === undefined ? null : `names ${other}, which this version does not serve yet; it serves apiKey`;
}
