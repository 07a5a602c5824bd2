/**
 * What of a row is written as JSON: one object, its members in this order.
 *
 * A shape is strict. What a row holds is written only where it is what the shape says; a row that holds anything else does not
 * fit, and whoever asked has to look at it himself, since he has to answer for what is missing or of another kind.
 */

/** `isRequired`: null does not fit. A member that a JSON object does not have is null. */
export type ValueShape = { readonly isRequired: boolean } & (
  | LeafShape
  | { readonly kind: "list"; readonly of: ValueShape }
  | { readonly kind: "object"; readonly members: readonly ValueMember[] }
);

export type LeafShape =
  /** `among`: no other text fits; null for any. */
  | { readonly kind: "text"; readonly among: readonly string[] | null }
  /** An integer that the store itself keeps of each row. */
  | { readonly kind: "kept" }
  /** Both ends belong to it, and are safe integers. */
  | { readonly kind: "integer"; readonly from: number; readonly to: number }
  | { readonly kind: "number" }
  | { readonly kind: "boolean" }
  /** A boolean that is written as true, and as null where it is false. */
  | { readonly kind: "mark" }
  /** Any JSON, written as a string that holds it. */
  | { readonly kind: "jsonText" };

/** A member that is the same in every row. */
export interface FixedMember {
  readonly kind: "fixed";
  readonly key: string;
  readonly text: string;
}

/** `name` is the member of the JSON object that it is read from. */
export type ValueMember =
  | FixedMember
  | { readonly kind: "value"; readonly key: string; readonly name: string; readonly shape: ValueShape };

export interface RowShape {
  readonly members: readonly RowMember[];
}

export type RowMember =
  | FixedMember
  | { readonly kind: "column"; readonly key: string; readonly column: string; readonly shape: ValueShape }
  | RelatedMember;

/** The row of `table` whose whole key is held in columns of the row at hand; null where one of these is, or no row has that key. */
export interface RelatedMember {
  readonly kind: "related";
  readonly key: string;
  readonly table: string;
  /** Columns of one type each, and for `other` the primary key in its order. */
  readonly on: readonly { readonly own: string; readonly other: string }[];
  readonly row: RowShape;
  readonly isRequired: boolean;
}

/** The tables that a shape leads to, once for each way there. */
export function relatedTables({ members }: RowShape): string[] {
  return members.flatMap((member) => (member.kind === "related" ? [member.table, ...relatedTables(member.row)] : []));
}
