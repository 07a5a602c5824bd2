/**
 * The schema description: one frozen, JSON-serialisable value that every other package reads.
 *
 * It is what an SDL document (either Amplify dialect) or Amplify's `schema.js` means, with everything implied made explicit:
 * implied ids, timestamps and foreign keys are fields like any other. It is not the GraphQL API that a gateway serves.
 *
 * Invariants: `fields` keeps declaration order with implied fields behind the declared ones; every name in `primaryKey`,
 * `indexes` and `facets` names a field of the model; every stored field belongs to exactly one facet.
 */

/** The GraphQL and AppSync scalars a field can hold. */
export type ScalarName =
  | "ID"
  | "String"
  | "Int"
  | "Float"
  | "Boolean"
  | "AWSDate"
  | "AWSTime"
  | "AWSDateTime"
  | "AWSTimestamp"
  | "AWSEmail"
  | "AWSJSON"
  | "AWSURL"
  | "AWSPhone"
  | "AWSIPAddress";

/** What a field holds, one element of it when the field is a list. */
export type FieldType =
  | { readonly kind: "scalar"; readonly name: ScalarName }
  | { readonly kind: "enum"; readonly name: string }
  | { readonly kind: "embedded"; readonly name: string }
  | { readonly kind: "model"; readonly name: string };

/** How concurrent writes to a field merge. */
export type CrdtKind = "REGISTER" | "TEXT" | "RICH_TEXT" | "COUNTER" | "LIST" | "SET";

/** The relation a field of kind `model` stands for. Such a field is not stored: its foreign keys are. */
export type Relation =
  /** This model holds the key of one `model`; `keys` are the own fields that hold it, in the order of its primary key. */
  | { readonly kind: "belongsTo" | "hasOne"; readonly model: string; readonly keys: readonly string[] }
  /**
   * Records of `model` hold this model's key in their fields `keys`; `index` is the index there that serves the look-up, null for
   * the primary key. Where they hold other fields of this model, or only part of its key, `from` names those in the order of `keys`.
   */
  | {
      readonly kind: "hasMany";
      readonly model: string;
      readonly keys: readonly string[];
      readonly index: string | null;
      readonly limit: number;
      readonly from?: readonly string[];
    }
  /** A generated join model stands between: `model` is the other side, `through` the join model. */
  | { readonly kind: "manyToMany"; readonly model: string; readonly through: string };

export type AuthOperation = "create" | "read" | "update" | "delete" | "get" | "list" | "sync" | "listen" | "search";

/** One `@auth` rule, as data, with its defaults filled in. */
export interface AuthRule {
  readonly allow: "public" | "private" | "owner" | "groups" | "custom";
  readonly provider: "apiKey" | "userPools" | "oidc" | "iam" | "identityPool" | "function";
  readonly operations: readonly AuthOperation[];
  readonly ownerField?: string;
  readonly identityClaim?: string;
  readonly groups?: readonly string[];
  readonly groupsField?: string;
  readonly groupClaim?: string;
}

export interface FieldDescription {
  readonly name: string;
  readonly type: FieldType;
  /** `[T]`: the field holds a list. */
  readonly isList: boolean;
  /** The field itself may not be null: `T!`, `[T]!`. */
  readonly isRequired: boolean;
  /** Elements of the list may not be null: `[T!]`. False when not a list. */
  readonly isElementRequired: boolean;
  /** Kept by the relay, not written by apps: `createdAt`, `updatedAt` when implied. */
  readonly isReadOnly: boolean;
  /** Not written in the SDL but implied by it: ids, timestamps, foreign keys, owner fields. */
  readonly isImplied: boolean;
  readonly crdt: CrdtKind;
  /** Set on fields of kind `model`; such a field has no column. */
  readonly relation: Relation | null;
  /** `@default(value:)`, parsed to the field's type; undefined when there is none. */
  readonly defaultValue?: unknown;
  /** Field-level `@auth`; empty when the model's rules stand. */
  readonly auth: readonly AuthRule[];
}

/** A secondary index: an equality field first, then the fields it sorts by. */
export interface IndexDescription {
  readonly name: string;
  readonly fields: readonly string[];
  /** The gateway query over it; null when the dialect makes none. */
  readonly queryField: string | null;
}

/** The fields of a model that share a read rule and so share a document. Facet 0 always exists and holds the primary key. */
export interface FacetDescription {
  /** `""` for facet 0. */
  readonly name: string;
  readonly fields: readonly string[];
}

/** The operations the gateway generates; null switches one off, a string renames it. */
export interface OperationNames {
  readonly queries: { readonly get: string | null; readonly list: string | null; readonly sync: string | null };
  readonly mutations: {
    readonly create: string | null;
    readonly update: string | null;
    readonly delete: string | null;
  };
  readonly subscriptions: {
    readonly level: "off" | "public" | "on";
    readonly onCreate: readonly string[];
    readonly onUpdate: readonly string[];
    readonly onDelete: readonly string[];
  };
}

export interface ModelDescription {
  readonly name: string;
  /** English plural as Amplify writes it into model files (`Person` -> `People`), first letter as in the type's name. */
  readonly pluralName: string;
  /** All fields, declared first, implied behind, relations included. */
  readonly fields: readonly FieldDescription[];
  /** Names of the key fields: the partition field, then the sort fields. */
  readonly primaryKey: readonly string[];
  /** True when the SDL names the key itself (`@primaryKey`, `@key`) rather than relying on `id`. */
  readonly hasCustomKey: boolean;
  readonly indexes: readonly IndexDescription[];
  readonly facets: readonly FacetDescription[];
  /** Names of the timestamp fields; null when switched off. */
  readonly timestamps: { readonly createdAt: string | null; readonly updatedAt: string | null };
  readonly auth: readonly AuthRule[];
  readonly operations: OperationNames;
  /** `@versioned` of the first dialect. */
  readonly versioned: { readonly field: string; readonly input: string } | null;
  /** False for models kept on one device only. */
  readonly isSyncable: boolean;
}

export interface EnumDescription {
  readonly name: string;
  readonly values: readonly string[];
}

/** A type without `@model`: stored inside a field of a record. */
export interface EmbeddedDescription {
  readonly name: string;
  readonly fields: readonly FieldDescription[];
}

export interface SchemaDescription {
  readonly dialect: "v1" | "v2";
  /** In order of declaration. */
  readonly models: readonly ModelDescription[];
  readonly enums: readonly EnumDescription[];
  readonly embedded: readonly EmbeddedDescription[];
  /** Hex digest over everything that shapes rows and documents: names, types, keys, indexes, facets, crdt kinds. Auth rules do not change it. */
  readonly hash: string;
  /** Hex digest over everything that decides who may read what; part of a session's scope. */
  readonly authHash: string;
}
