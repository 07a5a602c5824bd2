/** Calls that are wrong in themselves, and what they are refused with. */
import type { OneStore } from "../three-stores.ts";
import { type AnyCall, callsOf, count, expectOf, type Run } from "./run.ts";

/** With Amplify's messages where it has one. */
export async function misuse(run: Run): Promise<void> {
  const { random, models, log, handles } = run;
  const model = random.pick(models);
  const many = model.relations.find(({ kind }) => kind === "hasMany");
  const related = model.relations[0];
  const text = (p: unknown): Readonly<Record<string, AnyCall>> =>
    (p as Readonly<Record<string, Readonly<Record<string, AnyCall>>>>).text as Readonly<Record<string, AnyCall>>;
  type Misuse = readonly [string, (one: OneStore, i: number) => Promise<unknown> | undefined];
  const queryWith = (message: string, ...args: readonly unknown[]): Misuse => [
    message,
    (one) => callsOf(one.store).query?.(one.classOf(model), ...args),
  ];
  const wrong: Misuse[] = [
    queryWith("Limit is required when requesting a page", undefined, { page: 1 }),
    queryWith("Limit can't be negative", undefined, { limit: -1 }),
    queryWith("Page should be a number", undefined, { page: "1", limit: 1 }),
    queryWith("Incorrect usage of `between()`: The first argument must be less than or equal", (p: unknown) =>
      text(p).between?.("b", "a"),
    ),
    queryWith("Invalid predicate. `or` groups must return an array of child conditions.", (p: unknown) =>
      (p as Readonly<Record<string, Call>>).or?.(() => text(p).eq?.("a")),
    ),
    queryWith("Invalid predicate. Terminate your predicate with a valid condition", () => undefined),
    queryWith("Invalid field for model. field: nonsense", undefined, {
      sort: (s: unknown) => (s as Readonly<Record<string, Call>>).nonsense?.("ASCENDING"),
    }),
    [
      "Id to delete or criteria required. Do you want to delete all?",
      (one) => callsOf(one.store).delete?.(one.classOf(model)),
    ],
    ["Object is not an instance of a valid model", (one) => callsOf(one.store).save?.({ text: "a" })],
    ["Constructor is not for a valid model", (one) => callsOf(one.store).query?.(class {})],
    ["takes numbers", (one) => callsOf(one.store).aggregate?.(one.classOf(model), { sum: ["text"] })],
  ];
  if (model.key.length > 1) {
    wrong.push(queryWith("Models with composite primary keys cannot be queried by a single key value", "a"));
    wrong.push(queryWith(`${model.key.slice(1).join(", ")} missing`, { [model.key[0] ?? ""]: "a" }));
  }
  if (many !== undefined) {
    wrong.push(
      queryWith("it leads to many records", undefined, {
        sort: (s: unknown) =>
          (s as Readonly<Record<string, Readonly<Record<string, Call>>>>)[many.name]?.text?.("ASCENDING"),
      }),
    );
  }
  if (related !== undefined) {
    const through = (p: unknown): unknown => text((p as Readonly<Record<string, unknown>>)[related.name]).eq?.("a");
    wrong.push([
      "Predication on releated models is not supported in this context.",
      (one) => callsOf(one.store).delete?.(one.classOf(model), through),
    ]);
    const own = handles.find(({ held }) => held.model === model);
    if (own !== undefined) {
      wrong.push([
        "Predication on releated models is not supported in this context.",
        (one, i) => callsOf(one.store).save?.(own.instances[i], through),
      ]);
    }
  }
  const [message, call] = random.pick(wrong);
  log.push(`misuse ${model.name}: ${message}`);
  count("misuse");
  await expectOf(
    run,
    { refusal: message },
    (one, i) => call(one, i) as Promise<unknown>,
    () => undefined,
  );
}

type Call = (...args: readonly unknown[]) => unknown;
