/**
 * A subscription under way, apart from how its answers are sent.
 *
 * Many subscribers ask for the same of the same event. So an event is executed once for each selection, and written as JSON
 * once, whoever asks for it. Subscribers of different identities share an answer as long as nothing in it comes from a field
 * with a resolver of its own: all that other fields know is the event.
 */
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  isObjectType,
  Kind,
  type SelectionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";
import type { DoorOptions } from "../door-options.ts";
import { answerOf } from "./answer.ts";
import type { PreparedArgs } from "./operations.ts";

/** What is answered to one event. */
export interface EventAnswer {
  readonly result: ExecutionResult;
  /** Data and errors as JSON. */
  text(): string;
}

export type OpenedSubscription =
  | {
      readonly outcome: "open";
      /** The events it is told of, until they are returned. */
      readonly events: AsyncIterator<unknown>;
      /** Never rejects for what is wrong with the event: that is in the answer. */
      answer(event: unknown): Promise<EventAnswer>;
    }
  | { readonly outcome: "refused"; readonly errors: readonly GraphQLError[] };

/** Takes the arguments of a prepared subscription. */
export type OpenSubscription = (args: PreparedArgs) => Promise<OpenedSubscription>;

export function createOpenSubscription({
  formatter,
  contextFor,
}: Pick<DoorOptions, "formatter" | "contextFor">): OpenSubscription {
  /** For each event that somebody holds yet, the answers that were made. */
  const made = new WeakMap<object, Map<string, Promise<EventAnswer>>>();
  /** By document: all subscriptions of a gateway are made on one schema. */
  const readerDependence = new WeakMap<DocumentNode, boolean>();

  async function answer(args: PreparedArgs, event: unknown): Promise<EventAnswer> {
    // Each event is a request of its own, as far as budgets go.
    const contextValue = contextFor(args.contextValue.identity);
    const result = await execute({ ...args, contextValue, rootValue: event });
    let text: string | null = null;
    return {
      result,
      text() {
        text ??= JSON.stringify(answerOf(result, formatter));
        return text;
      },
    };
  }

  /** Equal for subscriptions that are answered the same to the same event. */
  function answerKey(args: PreparedArgs): string {
    const { schema, document, operationName, variableValues, contextValue } = args;
    const selections = rootSelections(document, operationName);
    const variables = variablesIn(selections, document).map((name) => [name, variableValues?.[name]]);
    const isDependent = readerDependence.get(document) ?? dependsOnReader(schema, document);
    readerDependence.set(document, isDependent);
    return JSON.stringify([
      document.loc?.source.body,
      operationName,
      variables,
      isDependent ? contextValue.identity : null,
    ]);
  }

  return async (args) => {
    const stream = await createSourceEventStream(args);
    if (!(Symbol.asyncIterator in stream)) {
      return { outcome: "refused", errors: stream.errors ?? [new GraphQLError("the subscription has no events")] };
    }
    const key = answerKey(args);
    return {
      outcome: "open",
      events: stream[Symbol.asyncIterator](),
      answer(event) {
        if (typeof event !== "object" || event === null) return answer(args, event);
        const answers = made.get(event) ?? new Map<string, Promise<EventAnswer>>();
        made.set(event, answers);
        const known = answers.get(key) ?? answer(args, event);
        answers.set(key, known);
        return known;
      },
    };
  };
}

/** The root fields without their arguments: these chose the events. */
function rootSelections(document: DocumentNode, operationName: string | null | undefined): SelectionNode[] {
  const { selections = [] } = getOperationAST(document, operationName)?.selectionSet ?? {};
  return selections.map((node) => (node.kind === Kind.FIELD ? { ...node, arguments: [] } : node));
}

function variablesIn(selections: readonly SelectionNode[], document: DocumentNode): string[] {
  const names = new Set<string>();
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  for (const node of [...selections, ...fragments]) {
    visit(node, { Variable: ({ name }) => void names.add(name.value) });
  }
  return [...names].sort();
}

/** Whether a selected field below the root has a resolver, which is told who is asking. */
function dependsOnReader(schema: GraphQLSchema, document: DocumentNode): boolean {
  const info = new TypeInfo(schema);
  let found = false;
  const enter = ({ name }: FieldNode): void => {
    const isRoot = info.getParentType() === schema.getSubscriptionType();
    const isMeta = name.value.startsWith("__");
    if (isObjectType(info.getParentType()) && !isRoot && !isMeta && info.getFieldDef()?.resolve) found = true;
  };
  visit(document, visitWithTypeInfo(info, { Field: { enter } }));
  return found;
}
