/**
 * The types that Amplify's generated model files speak of: identifiers, initial values and drafts of a model.
 *
 * A generated type carries its metadata under `__modelMeta__`: which fields make up the key, and which are read-only. It is a
 * key of types only; no instance has it.
 */
import type { AsyncCollection } from "../models/async-collection.ts";

/** The key of a model type's metadata. It exists in types alone. */
export declare const __modelMeta__: unique symbol;

/**
 * Any record: what handlers, messages and generic functions of an app deal in.
 *
 * Its fields are not `unknown`, so that apps assign them as they do with Amplify, and interfaces are records too.
 */
// biome-ignore lint/suspicious/noExplicitAny: an index signature of any other type takes no interface
export type PersistentModel = Readonly<Record<string, any>>;

declare const kindOfIdentifier: unique symbol;

/** A key's fields and the type they are of, told from other kinds of key by a name that exists in types alone. */
export type IdentifierBrand<Fields, Kind> = Fields & { readonly [kindOfIdentifier]: Kind };

interface KeyField<Type, Field> {
  readonly field: Field;
  readonly type: Type;
}

/** `id`, drawn whatever is given. */
export type ManagedIdentifier<Type, Field> = IdentifierBrand<KeyField<Type, Field>, "ManagedIdentifier">;
/** `id`, drawn when none is given. */
export type OptionallyManagedIdentifier<Type, Field> = IdentifierBrand<
  KeyField<Type, Field>,
  "OptionallyManagedIdentifier"
>;
/** Several fields. */
export type CompositeIdentifier<Type, Fields extends readonly unknown[]> = IdentifierBrand<
  KeyField<Type, Fields[number]> & { readonly fields: Fields },
  "CompositeIdentifier"
>;
/** One field with a value of the app's own. */
export type CustomIdentifier<Type, Field> = IdentifierBrand<
  KeyField<Type, Field> & { readonly fields: readonly [Field] },
  "CustomIdentifier"
>;

/** Any kind of key. */
export type Identifier<Type = unknown> =
  | ManagedIdentifier<Type, unknown>
  | OptionallyManagedIdentifier<Type, unknown>
  | CompositeIdentifier<Type, readonly unknown[]>
  | CustomIdentifier<Type, unknown>;

/** What a model type says of itself: under `__modelMeta__`, or, in files of the first dialect, beside it. */
export interface PersistentModelMetaData<Type = unknown> {
  readonly identifier?: Identifier<Type>;
  readonly readOnlyFields?: string;
}

/** Models of a dialect without metadata. */
export interface DefaultPersistentModelMetaData {
  readonly identifier: ManagedIdentifier<{ readonly id: string }, "id">;
  readonly readOnlyFields: never;
}

export type MetadataOrDefault<T, _Metadata = unknown> = T extends { readonly [__modelMeta__]: infer Metadata }
  ? Metadata
  : DefaultPersistentModelMetaData;

type IdentifierOf<T> =
  MetadataOrDefault<T> extends { readonly identifier: infer Found }
    ? Found
    : DefaultPersistentModelMetaData["identifier"];

type ReadOnlyFieldsOf<Metadata> = Metadata extends { readonly readOnlyFields: infer Fields } ? Fields : never;

/** The names of the fields that nobody but the relay writes: those of the type's own metadata, and of `Metadata`. */
export type MetadataReadOnlyFields<T, Metadata = unknown> =
  | ReadOnlyFieldsOf<MetadataOrDefault<T>>
  | ReadOnlyFieldsOf<Metadata>;

/** The names of the key's fields. */
export type IdentifierFields<T, _Metadata = unknown> =
  IdentifierOf<T> extends { readonly field: infer Field } ? Field & string : string;

/** The names of the fields of `Kind` of key. */
type FieldsOfKind<T, Kind extends string> =
  IdentifierOf<T> extends { readonly field: infer Field; readonly [kindOfIdentifier]: Kind } ? Field : never;

/** The names of the fields that a new instance may not give. */
type DrawnFields<T> = FieldsOfKind<T, "ManagedIdentifier">;

type OptionalKeyFields<T> = FieldsOfKind<T, "OptionallyManagedIdentifier">;

/** The names of the key's fields that a new instance takes. */
export type IdentifierFieldsForInit<T, _Metadata = unknown> = Exclude<IdentifierFields<T>, DrawnFields<T>>;

export type IdentifierFieldValue<T, _Metadata = unknown> =
  IdentifierFields<T> extends keyof T ? T[IdentifierFields<T>] : string;

/** Every field of a key, as an object. */
export type IdentifierFieldsObject<T> =
  IdentifierFields<T> extends keyof T ? Pick<T, IdentifierFields<T>> : Readonly<Record<string, unknown>>;

/** A key: as its only field's value, or as an object with all its fields. */
export type IdentifierFieldOrIdentifierObject<T, _Metadata = unknown> =
  | IdentifierFieldValue<T>
  | IdentifierFieldsObject<T>;

/** What may be given for a field: of a relation, records; null where it may be left out. */
export type SettableFieldType<Value> =
  Value extends Promise<infer One>
    ? undefined extends One
      ? One | null
      : One
    : Value extends AsyncCollection<infer Many>
      ? Many[] | undefined
      : undefined extends Value
        ? Value | null
        : Value;

/** The names of T's own members: fields and relations. */
export type ModelMembers<T> = Exclude<keyof T, typeof __modelMeta__>;

type MayBeLeftOut<T, Field extends keyof T> =
  Field extends OptionalKeyFields<T> ? true : undefined extends SettableFieldType<T[Field]> ? true : false;

type NotGiven<T, Metadata> = typeof __modelMeta__ | DrawnFields<T> | MetadataReadOnlyFields<T, Metadata>;

/** The fields of a new instance, as they are read. */
export type ModelInitBase<T, Metadata = unknown> = Omit<T, NotGiven<T, Metadata> & PropertyKey>;

/** What `new Model()` takes. */
export type ModelInit<T, Metadata = unknown> = string extends keyof T
  ? { readonly [field: string]: unknown }
  : {
      [Field in keyof T as Field extends NotGiven<T, Metadata>
        ? never
        : MayBeLeftOut<T, Field> extends true
          ? never
          : Field]: SettableFieldType<T[Field]>;
    } & {
      [Field in keyof T as Field extends NotGiven<T, Metadata>
        ? never
        : MayBeLeftOut<T, Field> extends true
          ? Field
          : never]?: SettableFieldType<T[Field]>;
    };

/** Embedded objects and lists, writable at every level. */
type Writable<Value> = Value extends readonly (infer Element)[]
  ? Writable<Element>[]
  : Value extends object
    ? { -readonly [Field in keyof Value]: Writable<Value[Field]> }
    : Value;

/** What the function given to `copyOf` may change: everything but the key and read-only fields. */
export type MutableModel<T, Metadata = unknown> = string extends keyof T
  ? { -readonly [Field in keyof T]: T[Field] }
  : {
      -readonly [Field in keyof T as Field extends
        | typeof __modelMeta__
        | IdentifierFields<T>
        | MetadataReadOnlyFields<T, Metadata>
        ? never
        : Field]: DraftFieldType<T[Field]>;
    } & {
      readonly [Field in keyof T as Field extends IdentifierFields<T> | MetadataReadOnlyFields<T, Metadata>
        ? Field
        : never]: T[Field];
    };

/** A draft gives a relation as the record does, and takes records. */
type DraftFieldType<Value> =
  Value extends Promise<unknown>
    ? SettableFieldType<Value>
    : Value extends AsyncCollection<unknown>
      ? SettableFieldType<Value> | null
      : Writable<Value>;

/** A model class whose type the app declares. */
export interface PersistentModelConstructor<T extends object> {
  new (init: ModelInit<T, PersistentModelMetaData<T>>): T;
  copyOf(source: T, mutator: (draft: MutableModel<T, PersistentModelMetaData<T>>) => unknown): T;
}

/** Any class of instances of T: declared by the app, or known to its schema only. */
export type ModelClassOf<T> = new (init: never) => T;

/** What the relay says of a record. */
export interface ModelInstanceMetadata {
  readonly _version?: number;
  readonly _lastChangedAt?: number;
  readonly _deleted?: boolean | null;
}

/** Amplify's switch between lazy and eager types: these are the lazy ones. */
export declare class LazyLoading {}
/** What `LazyLoading` would extend where relations were loaded with their record. */
export declare class LazyLoadingDisabled {
  private readonly disabled: true;
}
