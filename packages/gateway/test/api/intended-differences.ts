/**
 * Where the schema that we generate is meant to differ from what Amplify's transformers write. docs/differences.md tells users
 * the same, under "Generated GraphQL schema".
 */
export interface IntendedDifference {
  readonly why: string;
  readonly dialect: "v1" | "v2" | "both";
  /** Statements of Amplify's schema that ours leaves out. */
  readonly missing?: RegExp;
  /** Statements of ours that Amplify's has not. */
  readonly extra?: RegExp;
}

export const intendedDifferences: readonly IntendedDifference[] = [
  {
    why: "An input of another Amplify product stands in every schema without being used.",
    dialect: "v2",
    missing: /^(input )?AmplifyAIConversationTurnErrorInput\b/,
  },
  {
    why: "The foreign key of a has-many relation is a filter of subscriptions to the model that holds it. Amplify gives the filter only to the other model, which has no such field; there it stays, without effect.",
    dialect: "v2",
    extra: /^ModelSubscription\w+FilterInput\.(blog|post|open|mixed|order|board|task)[A-Z]\w+: /,
  },
  {
    why: "Pages and filters that only an index or a relation leads to have all members of those that a list leads to.",
    dialect: "v2",
    extra:
      /^Model(Silent|userProfile)(Connection\.startedAt|FilterInput\.(id|createdAt|updatedAt|_deleted|boardNotesId)): /,
  },
  {
    why: "An empty list of names makes no subscription. Amplify takes it for none given.",
    dialect: "v2",
    missing: /^Subscription\.onCreatePartSubscriptions\b/,
  },
  {
    why: "A join model has the rules of both sides. Where both speak of one role, Amplify keeps what the second grants it.",
    dialect: "v2",
    extra: /^Mutation\.(update|delete)PostTags @aws_iam$/,
  },
  {
    why: "There is no subscription to a mutation that is switched off: nothing could come of it.",
    dialect: "v1",
    missing: /^Subscription\.noteChanged\b/,
  },
];
