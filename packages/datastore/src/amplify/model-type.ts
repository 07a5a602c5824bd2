/**
 * The types that Amplify's generated model files speak of: identifiers, initial values and drafts of a model.
 *
 * A generated type carries its metadata under `__modelMeta__`: which fields make up the key, and which are read-only. It is a
 * key of types only; no instance has it.
 */
import type { AsyncCollection } from "../models/async-collection.ts";

/** The key of a model type's metadata. It exists in types alone. */
export declare const __modelMeta__: unique symbol;

declare const kindOfIdentifier: unique symbol;

interface Identifier<Type, Field, Kind extends string> {
  readonly field: Field;
  readonly type: Type;
  readonly [kindOfIdentifier]: Kind;
}

/** `id`, drawn whatever is given. */
export type ManagedIdentifier<Type, Field> = Identifier<Type, Field, "ManagedIdentifier">;
/** `id`, drawn when none is given. */
export type OptionallyManagedIdentifier<Type, Field> = Identifier<Type, Field, "OptionallyManagedIdentifier">;
/** Several fields. */
export type CompositeIdentifier<Type, Fields extends readonly unknown[]> = Identifier<
  Type,
  Fields[number],
  "CompositeIdentifier"
>;
/** One field with a value of the app's own. */
export type CustomIdentifier<Type, Field> = Identifier<Type, Field, "CustomIdentifier">;

export interface PersistentModelMetaData<_Type = unknown> {
  readonly identifier?: Identifier<unknown, unknown, string>;
  readonly readOnlyFields?: string;
}

/** Models of a dialect without metadata. */
export interface DefaultPersistentModelMetaData {
  readonly identifier: ManagedIdentifier<{ readonly id: string }, "id">;
  readonly readOnlyFields: never;
}

export type MetadataOrDefault<T> = T extends { readonly [__modelMeta__]: infer Metadata }
  ? Metadata
  : DefaultPersistentModelMetaData;

type IdentifierOf<T> =
  MetadataOrDefault<T> extends { readonly identifier: infer Found }
    ? Found
    : DefaultPersistentModelMetaData["identifier"];

export type MetadataReadOnlyFields<T> =
  MetadataOrDefault<T> extends { readonly readOnlyFields: infer Fields } ? Fields : never;

/** The names of the key's fields. */
export type IdentifierFields<T> = IdentifierOf<T> extends { readonly field: infer Field } ? Field & string : string;

/** The names of the fields that a new instance may not give. */
type DrawnFields<T> =
  IdentifierOf<T> extends { readonly field: infer Field; readonly [kindOfIdentifier]: "ManagedIdentifier" }
    ? Field
    : never;

type OptionalKeyFields<T> =
  IdentifierOf<T> extends { readonly field: infer Field; readonly [kindOfIdentifier]: "OptionallyManagedIdentifier" }
    ? Field
    : never;

export type IdentifierFieldValue<T> = IdentifierFields<T> extends keyof T ? T[IdentifierFields<T>] : string;

/** Every field of a key, as an object. */
export type IdentifierFieldsObject<T> =
  IdentifierFields<T> extends keyof T ? Pick<T, IdentifierFields<T>> : Readonly<Record<string, unknown>>;

/** A key: as its only field's value, or as an object with all its fields. */
export type IdentifierFieldOrIdentifierObject<T> = IdentifierFieldValue<T> | IdentifierFieldsObject<T>;

/** What a field holds once what it promises is there. */
export type SettledFieldType<Value> =
  Value extends Promise<infer One> ? One : Value extends AsyncCollection<infer Many> ? Many[] | undefined : Value;

/** The names of T's own members: fields and relations. */
export type ModelMembers<T> = Exclude<keyof T, typeof __modelMeta__>;

type MayBeLeftOut<T, Field extends keyof T> =
  Field extends OptionalKeyFields<T> ? true : undefined extends SettledFieldType<T[Field]> ? true : false;

/** What `new Model()` takes. */
export type ModelInit<T, _Metadata = unknown> = string extends keyof T
  ? { readonly [field: string]: unknown }
  : {
      [Field in keyof T as Field extends typeof __modelMeta__ | DrawnFields<T> | MetadataReadOnlyFields<T>
        ? never
        : MayBeLeftOut<T, Field> extends true
          ? never
          : Field]: SettledFieldType<T[Field]>;
    } & {
      [Field in keyof T as Field extends typeof __modelMeta__ | DrawnFields<T> | MetadataReadOnlyFields<T>
        ? never
        : MayBeLeftOut<T, Field> extends true
          ? Field
          : never]?: SettledFieldType<T[Field]>;
    };

/** What the function given to `copyOf` may change: everything but the key and read-only fields. */
export type MutableModel<T, _Metadata = unknown> = string extends keyof T
  ? { [field: string]: unknown }
  : {
      -readonly [Field in keyof T as Field extends
        | typeof __modelMeta__
        | IdentifierFields<T>
        | MetadataReadOnlyFields<T>
        ? never
        : Field]: SettledFieldType<T[Field]>;
    } & {
      readonly [Field in keyof T as Field extends IdentifierFields<T> | MetadataReadOnlyFields<T>
        ? Field
        : never]: T[Field];
    };

/** A model class whose type the app declares. */
export interface PersistentModelConstructor<T extends object> {
  new (init: ModelInit<T>): T;
  copyOf(source: T, mutator: (draft: MutableModel<T>) => unknown): T;
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
