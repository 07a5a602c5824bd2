import type { Identity } from "@tributary/model";
import { buildSchema, type ExecutionArgs, GraphQLObjectType, type GraphQLSchema, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { createErrorFormatter } from "../../src/execute/format-error.ts";
import { createOpenSubscription } from "../../src/execute/open-subscription.ts";
import { createRecordBudget } from "../../src/resolve/record-budget.ts";
import type { RequestContext } from "../../src/resolve/request-context.ts";

const alice: Identity = { kind: "apiKey", id: "alice" };
const bob: Identity = { kind: "apiKey", id: "bob" };

const contextFor = (identity: Identity): RequestContext => ({
  identity,
  budget: createRecordBudget(1),
  related: { load: async () => null },
});

/** Events that are pushed to whoever subscribes; counts how often one is executed. */
function start() {
  const schema = buildSchema(`
    type Query { none: Int }
    type Subscription { event(at: Int): Event }
    type Event { title: String, mine: String, inner: Inner, required: Int! }
    type Inner { mine: String }
  `);
  let executions = 0;
  const { event } = typeNamed(schema, "Subscription").getFields();
  const { mine } = typeNamed(schema, "Inner").getFields();
  if (event === undefined || mine === undefined) return expect.unreachable("the schema has these fields");
  event.subscribe = async function* () {};
  event.resolve = (source) => {
    executions += 1;
    return source;
  };
  mine.resolve = (_source, _args, { identity }) => identity.id;
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const openSubscription = createOpenSubscription({
    formatter: createErrorFormatter(schema, { log, introspection: "on" }),
    contextFor,
  });
  async function open(query: string, identity: Identity = alice, variableValues: ExecutionArgs["variableValues"] = {}) {
    const contextValue = contextFor(identity);
    const opened = await openSubscription({ schema, document: parse(query), contextValue, variableValues });
    if (opened.outcome !== "open") return expect.unreachable("the subscription opens");
    return async (value: object): Promise<unknown> => JSON.parse((await opened.answer(value)).text());
  }
  return { open, executions: () => executions };
}

function typeNamed(schema: GraphQLSchema, name: string): GraphQLObjectType {
  const type = schema.getType(name);
  return type instanceof GraphQLObjectType ? type : expect.unreachable(`${name} is an object type`);
}

describe("createOpenSubscription", () => {
  it("RT-12 executes an event once for equal selections, whoever asks, and again for others", async () => {
    const { open, executions } = start();
    const query = "subscription ($at: Int) { event(at: $at) { title } }";
    const same = [await open(query), await open(query, bob), await open(query, alice, { at: 2 })];
    const event = { title: "t" };
    for (const answer of same) expect(await answer(event)).toEqual({ data: { event: { title: "t" } } });
    expect(executions()).toBe(1);
    await same[0]?.({ title: "t" });
    expect(executions()).toBe(2);
    const other = await open("subscription { event { name: title } }");
    expect(await other(event)).toEqual({ data: { event: { name: "t" } } });
    expect(executions()).toBe(3);
  });

  it("RT-12 variables count where they change what is selected", async () => {
    const { open, executions } = start();
    const event = { title: "t", inner: {} };
    for (const query of [
      "subscription ($with: Boolean!) { event { title @include(if: $with) __typename } }",
      "subscription ($with: Boolean!) { event { ...f } } fragment f on Event { title @include(if: $with) __typename }",
    ]) {
      const before = executions();
      const [shown, left, again] = [
        await open(query, alice, { with: true }),
        await open(query, alice, { with: false }),
        await open(query, alice, { with: true }),
      ];
      expect(await shown(event)).toEqual({ data: { event: { title: "t", __typename: "Event" } } });
      expect(await left(event)).toEqual({ data: { event: { __typename: "Event" } } });
      await again(event);
      expect(executions() - before).toBe(2);
    }
  });

  it("RT-12 identities have answers of their own where a field is told who asks", async () => {
    const { open, executions } = start();
    const query = "subscription { event { inner { ...f } } } fragment f on Inner { mine }";
    const event = { inner: {} };
    const answers = [await open(query), await open(query, bob), await open(query, { ...alice })];
    const mine: unknown[] = [];
    for (const answer of answers) mine.push(await answer(event));
    expect(mine).toEqual(["alice", "bob", "alice"].map((id) => ({ data: { event: { inner: { mine: id } } } })));
    expect(executions()).toBe(2);
  });

  it("RT-6 what cannot be answered of an event is an error beside it", async () => {
    const { open } = start();
    const answer = await open("subscription { event { required } }");
    expect(await answer({ title: "t" })).toMatchObject({
      data: { event: null },
      errors: [
        {
          path: ["event", "required"],
          message: "Cannot return null for non-nullable type: 'Int' within parent 'Event' (/event/required)",
        },
      ],
    });
  });
});
