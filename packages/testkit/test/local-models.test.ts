/** Models that stay on a device, beside synced ones. */
import { createDataStoreOn, type Platform } from "@tributary/datastore/core";
import { parseSchema } from "@tributary/schema/sdl";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it, onTestFinished } from "vitest";
import { createCluster } from "../src/cluster/cluster.ts";
import { createRandom } from "../src/cluster/random.ts";

const schema = parseSchema(`
  type Note @model @auth(rules: [{ allow: public }]) { id: ID! @primaryKey, title: String }
  type Draft @model @auth(rules: [{ allow: public }]) { id: ID! @primaryKey, text: String }
`);

describe("a model that stays on the device", () => {
  it("DS-6 is neither sent nor received, beside one that is", async () => {
    const places = new Map<string, ReturnType<typeof createMemoryAdapter>>();
    const adapter = (place: string) => {
      const known = places.get(place) ?? createMemoryAdapter();
      places.set(place, known);
      return known;
    };
    const cluster = await createCluster({ schema, random: createRandom(1), adapter });
    onTestFinished(() => cluster.stop());
    const other = cluster.client("other");
    const models = (store: { readonly models: Readonly<Record<string, unknown>> }, name: string) =>
      store.models[name] as never;
    await other.store.save(new (models(other.store, "Draft") as new (init: object) => object)({ id: "theirs" }));
    await other.store.settled();

    const own = cluster.client("own", { config: { localModels: ["Draft"] } });
    const [Note, Draft] = [models(own.store, "Note"), models(own.store, "Draft")];
    const make = (of: never, init: object) => new (of as new (init: object) => object)(init);
    const draft = await own.store.save(make(Draft, { id: "mine", text: "kept" }));
    await own.store.save(make(Note, { id: "n", title: "sent" }));
    await own.store.settled();
    expect(await own.store.saveStatus(draft)).toBe("kept");
    expect(await own.store.query(Draft)).toMatchObject([{ id: "mine", text: "kept" }]);
    const operator = { kind: "operator" } as const;
    expect(await cluster.relay.records.get(operator, "Draft", "mine")).toBeNull();
    expect(await cluster.relay.records.get(operator, "Note", "n")).not.toBeNull();
  });

  it("DS-6 must be one of the schema", async () => {
    const platform = { createAdapter: () => createMemoryAdapter(), random: { bytes: () => new Uint8Array(16) } };
    const store = createDataStoreOn(platform as unknown as Platform, { schema, localModels: ["Nothing"] });
    await expect(store.start()).rejects.toThrow("localModels names Nothing, which is no model of the schema");
  });
});
