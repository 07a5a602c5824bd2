import { freezeSchema, type SchemaDescription } from "@tributary/schema";
import { expect, test } from "vitest";
import type { Engine } from "../src/engine.ts";
import { createEngineHost } from "../src/engine-host.ts";
import { createFakeEngine } from "./fake-engine.ts";

const schemaNamed = (name: string): SchemaDescription =>
  freezeSchema({
    dialect: "v2",
    models: [],
    enums: [{ name, values: ["A"] }],
    embedded: [],
  });
const nameOf = (schema: SchemaDescription): string => schema.enums[0]?.name ?? "";

/** Opens fake engines and writes down what is opened and closed, in order. */
function createOpener() {
  const steps: string[] = [];
  const failing = new Set<string>();
  async function open(schema: SchemaDescription): Promise<Engine> {
    const name = nameOf(schema);
    steps.push(`open ${name}`);
    if (failing.has(name)) throw new Error(`${name} does not fit`);
    const engine = createFakeEngine();
    return {
      ...engine,
      async close() {
        await Promise.resolve();
        steps.push(`close ${name}`);
      },
    };
  }
  return { open, steps, failing };
}

test("SERVER-63 another schema is served by an engine that opens after the former one closed", async () => {
  const { open, steps } = createOpener();
  const host = await createEngineHost(schemaNamed("A"), open);
  const replaced = host.replace(schemaNamed("B"));
  await Promise.resolve();
  expect(host.current()).toBeNull();
  await replaced;
  expect(host.current()).not.toBeNull();
  expect(steps).toEqual(["open A", "close A", "open B"]);
});

test("SERVER-63 a schema that cannot be served leaves the former one in service", async () => {
  const { open, steps, failing } = createOpener();
  failing.add("B");
  const host = await createEngineHost(schemaNamed("A"), open);
  await expect(host.replace(schemaNamed("B"))).rejects.toThrow("B does not fit");
  expect(host.current()).not.toBeNull();
  await host.replace(schemaNamed("C"));
  expect(steps).toEqual(["open A", "close A", "open B", "open A", "close A", "open C"]);
});

test("SERVER-63 the former schema is the one that was served last", async () => {
  const { open, steps, failing } = createOpener();
  failing.add("C");
  const host = await createEngineHost(schemaNamed("A"), open);
  await host.replace(schemaNamed("B"));
  await expect(host.replace(schemaNamed("C"))).rejects.toThrow("C does not fit");
  expect(steps.slice(3)).toEqual(["close B", "open C", "open B"]);
});

test("SERVER-63 when neither can be served, a later one still can", async () => {
  const { open, failing } = createOpener();
  const host = await createEngineHost(schemaNamed("A"), open);
  failing.add("A").add("B");
  await expect(host.replace(schemaNamed("B"))).rejects.toThrow();
  expect(host.current()).toBeNull();
  await host.replace(schemaNamed("C"));
  expect(host.current()).not.toBeNull();
});

test("SERVER-63 exchanges and the end run one after the other, and after the end none does", async () => {
  const { open, steps } = createOpener();
  const host = await createEngineHost(schemaNamed("A"), open);
  await Promise.all([
    host.replace(schemaNamed("B")),
    host.replace(schemaNamed("C")),
    host.close(),
    host.replace(schemaNamed("D")),
  ]);
  expect(steps).toEqual(["open A", "close A", "open B", "close B", "open C", "close C"]);
  expect(host.current()).toBeNull();
});
