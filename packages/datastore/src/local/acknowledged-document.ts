import type { DocumentState } from "@tributary/model";
import type { AcknowledgedState } from "@tributary/storage";

/**
 * The document of a facet as the relay holds it in this life; null when it holds none. What the relay acknowledged of another
 * life settles nothing in this one: a life starts from an empty document (D2), so its stamps are not to be compared.
 */
export function acknowledgedDocument(
  acknowledged: AcknowledgedState,
  life: number,
  facet: number,
): DocumentState | null {
  return acknowledged.life === life ? (acknowledged.documents[facet] ?? null) : null;
}
