import type { StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it } from "vitest";
import { createLocalStore } from "../local-store.ts";

describe("a save status", () => {
  it("STATUS-1 is local until a relay answers, and unknown for what is not here", async () => {
    const { store, model } = createLocalStore();
    const post = new (model("Post"))({ title: "t" });
    expect(await store.saveStatus(post)).toBe("unknown");
    await store.save(post);
    expect(await store.saveStatus(post)).toBe("local");
    await expect(store.saveStatus({})).rejects.toThrow("Object is not an instance of a valid model");
  });

  it("STATUS-1 is kept for a record that stays on the device, and unknown once that is deleted", async () => {
    const { store, model } = createLocalStore();
    store.configure({ localModels: ["Post"] });
    const post = await store.save(new (model("Post"))({ title: "t" }));
    expect(await store.saveStatus(post)).toBe("kept");
    await store.delete(post);
    expect(await store.saveStatus(post)).toBe("unknown");
  });

  it("STATUS-1 does not open what was stopped, tells of a clearing, and goes on with the next start", async () => {
    const kept = createMemoryAdapter();
    let openings = 0;
    const adapter: StorageAdapter = {
      ...kept,
      open() {
        openings += 1;
        return kept.open();
      },
    };
    const { store, model } = createLocalStore({ adapter: () => adapter });
    const post = await store.save(new (model("Post"))({ title: "t" }));
    const told: string[] = [];
    store.observeSaveStatus(post).subscribe((status) => told.push(status));
    await expect.poll(() => told).toEqual(["local"]);
    await store.stop();
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(openings).toBe(1);
    await store.clear();
    expect(told).toEqual(["local", "unknown"]);
    await store.save(post);
    await expect.poll(() => told).toEqual(["local", "unknown", "local"]);
  });
});
