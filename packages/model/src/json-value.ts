/** The values that records are made of: JSON, and nothing beside it. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** The fields of one record, or some of them. */
export type Values = { readonly [field: string]: JsonValue };
