/**
 * Which provider directives stand where in a schema, collected in the order in which the rules are gone through.
 *
 * The default provider needs no directive as long as it is alone; beside others it is written too.
 */
import { type AuthProvider, authProviders } from "@tributary/schema";
import { providerDirectives } from "./aws-directives.ts";

/** The directives of types, by name, and of their fields, by `Type.field`. */
export type PlacedDirectives = ReadonlyMap<string, ReadonlySet<string>>;

export interface DirectivePlaces {
  readonly placed: PlacedDirectives;
  /** Adds directives to a type or a field. */
  add(place: string, directives: readonly string[]): void;
  /** The directives for who is let in by `providers`; `isDefaultIn` says that the default one is let in anyway. */
  directivesFor(providers: Iterable<AuthProvider>, isDefaultIn: boolean): string[];
  /** Whether the default provider is among them. */
  isDefault(providers: readonly AuthProvider[]): boolean;
}

/** `configured` are the providers of the API, the first is the default. Others let nobody in. */
export function createDirectivePlaces(configured: readonly AuthProvider[]): DirectivePlaces {
  const [standard] = configured;
  const placed = new Map<string, Set<string>>();
  return {
    placed,
    add(place, directives) {
      if (directives.length === 0) return;
      const held = placed.get(place) ?? new Set<string>();
      for (const directive of directives) held.add(directive);
      placed.set(place, held);
    },
    isDefault: (providers) => standard !== undefined && providers.includes(standard),
    directivesFor(providers, isDefaultIn) {
      const asked = new Set(providers);
      const others = authProviders.filter(
        (provider) => provider !== standard && configured.includes(provider) && asked.has(provider),
      );
      const isDefaultNamed = standard !== undefined && others.length > 0 && (isDefaultIn || asked.has(standard));
      return [...(isDefaultNamed ? [standard] : []), ...others].map((provider) => providerDirectives[provider]);
    },
  };
}
