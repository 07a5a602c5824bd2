/** What a test and the process of an Amplify client tell each other: one JSON object a line. */

/** How a client is set up, as its only argument. */
export interface AmplifySettings {
  /** What `Amplify.configure` is given. */
  readonly config: object;
  /** What `schema.js` of the app's models folder exports. */
  readonly schema: { readonly models: object };
  /**
   * What the libraries find about them: `browser` has IndexedDB and tells when it goes offline, `node` has neither, so that
   * records are kept in memory and only a broken connection tells that the network is gone.
   */
  readonly surroundings: "browser" | "node";
  /** By model, the sync expression that says which records it wants. */
  readonly wanted?: Readonly<Record<string, AmplifyPredicate>>;
}

/** A predicate of Amplify's, as a value. */
export type AmplifyPredicate =
  | {
      readonly field: string;
      readonly operator: "eq" | "ne" | "lt" | "gt" | "contains" | "beginsWith";
      readonly value: string | number;
    }
  | { readonly and: readonly AmplifyPredicate[] }
  | { readonly or: readonly AmplifyPredicate[] }
  | { readonly not: AmplifyPredicate };

export type AmplifyRecord = Readonly<Record<string, unknown>>;

/** The fields of a record's key, or its id. */
export type AmplifyKey = string | Readonly<Record<string, string>>;

export type AmplifyCommand =
  | { readonly do: "start" | "stop" }
  /** `parents`: by field, the record that a relation leads to. */
  | {
      readonly do: "create";
      readonly model: string;
      readonly fields: AmplifyRecord;
      readonly parents: Readonly<Record<string, { readonly model: string; readonly key: AmplifyKey }>>;
    }
  | {
      readonly do: "change";
      readonly model: string;
      readonly key: AmplifyKey;
      readonly fields: AmplifyRecord;
      /** What must hold at the server. */
      readonly condition: AmplifyPredicate | null;
    }
  | { readonly do: "remove"; readonly model: string; readonly key: AmplifyKey }
  | { readonly do: "list"; readonly model: string }
  /** What a browser tells its page. */
  | { readonly do: "signal"; readonly online: boolean }
  | { readonly do: "state" };

export interface AmplifyState {
  /** Whether everything saved has been answered. */
  readonly isOutboxEmpty: boolean;
  /** Whether all subscriptions are acknowledged on the present connection. */
  readonly isListening: boolean;
  /** The queries of those that are acknowledged. */
  readonly subscribed: readonly string[];
  /** How often the datastore said that it is ready. */
  readonly timesReady: number;
  /** What its error handler was told. */
  readonly problems: readonly string[];
}

export type AmplifyRequest = AmplifyCommand & { readonly id: number };

export type AmplifyAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };
