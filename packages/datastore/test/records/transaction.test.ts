import type { StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it } from "vitest";
import type { Transaction } from "../../src/records/transaction.ts";
import { createLocalStore } from "../local-store.ts";

const sdl = `
  type Account @model { id: ID! @primaryKey, owner: String!, balance: Int, entries: [Entry] @hasMany }
  type Entry @model { id: ID! @primaryKey, amount: Int!, account: Account @belongsTo }
`;

async function seeded() {
  const kept = createMemoryAdapter();
  let held: Promise<void> | null = null;
  const adapter: StorageAdapter = {
    ...kept,
    async getMany(table, keys) {
      await held;
      return kept.getMany(table, keys);
    },
  };
  /** Reads wait from now on, until what this answers is called. */
  const hold = (): (() => void) => {
    let release = (): void => undefined;
    held = new Promise((resolve) => {
      release = resolve;
    });
    return () => {
      held = null;
      release();
    };
  };
  const local = createLocalStore({ sdl, adapter: () => adapter });
  const { store, model } = local;
  const [Account, Entry] = [model("Account"), model("Entry")];
  for (const id of ["a", "b"]) await store.save(new Account({ id, owner: id, balance: 10 }));
  const balances = async () => (await store.query(Account)).map(({ id, balance }) => `${id}${balance}`).join(" ");
  const set = async (tx: Transaction, id: string, balance: number) => {
    const account = await tx.query(Account, id);
    if (account === undefined) throw new Error(`no account ${id}`);
    return tx.save(Account.copyOf(account, (draft) => void Object.assign(draft, { balance })));
  };
  /** Which records the unsent changes are of, and whether the next belongs to the same push. */
  const outbox = async () => {
    const order = [{ column: "n", direction: "asc" }] as const;
    const rows = await adapter.scan({ table: "$outbox", columns: ["key", "more"], order });
    return rows.map(([key, more]) => [key, more === 1]);
  };
  return { ...local, Account, Entry, balances, set, outbox, hold };
}

describe("a transaction", () => {
  it("TX-1 stores all of it and answers what the work answered", async () => {
    const { store, Account, Entry, balances, set } = await seeded();
    const answer = await store.transaction(async (tx) => {
      await set(tx, "a", 7);
      await set(tx, "b", 13);
      const account = await tx.query(Account, "b");
      await tx.save(new Entry({ id: "e", amount: 3, account }));
      return "moved";
    });
    expect(answer).toBe("moved");
    expect(await balances()).toBe("a7 b13");
    expect(await store.query(Entry, "e")).toMatchObject({ amount: 3, accountEntriesId: "b" });
  });

  it("TX-1 stores nothing of it when the work throws, and tells nobody", async () => {
    const { store, Account, balances, set } = await seeded();
    const heard: unknown[] = [];
    const subscription = store.observe(Account).subscribe((message) => heard.push(message));
    const failing = store.transaction(async (tx) => {
      await set(tx, "a", 0);
      await tx.delete(Account, "b");
      await tx.save(new Account({ id: "c", owner: "c" }));
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    await expect(store.transaction((tx) => tx.save(new Account({ id: "d" })))).rejects.toThrow(
      "Field owner is required",
    );
    expect(await balances()).toBe("a10 b10");
    expect(heard).toEqual([]);
    subscription.unsubscribe();
  });

  it("TX-2 sees what it did itself: by key, by predicate, sorted, through relations, and in what goes with a deletion", async () => {
    const { store, Account, Entry, set } = await seeded();
    await store.save(new Entry({ id: "old", amount: 1, account: await store.query(Account, "a") }));
    const rich = (a: { balance: { gt(value: number): unknown } }) => a.balance.gt(10);
    const withLarge = (a: { entries: { amount: { ge(value: number): unknown } } }) => a.entries.amount.ge(50);
    const ids = (found: unknown) => (found as readonly { readonly id: string }[]).map(({ id }) => id).join("");
    await store.transaction(async (tx) => {
      await set(tx, "b", 30);
      await tx.save(new Account({ id: "c", owner: "c", balance: 20 }));
      await set(tx, "a", 5);
      expect(ids(await tx.query(Account, rich as never))).toBe("bc");
      const sort = (s: { balance(direction: string): unknown }) => s.balance("DESCENDING");
      expect(ids(await tx.query(Account, undefined, { sort, limit: 2 }))).toBe("bc");
      expect(ids(await tx.query(Account, undefined, { sort, limit: 2, page: 1 }))).toBe("a");
      expect(ids(await tx.query(Account, withLarge as never))).toBe("");
      await tx.save(new Entry({ id: "new", amount: 50, account: await tx.query(Account, "c") }));
      expect(ids(await tx.query(Account, withLarge as never))).toBe("c");
      expect(await tx.query(Account, "c")).toMatchObject({ balance: 20 });
      const [gone] = await tx.delete(Account, "c");
      expect(gone).toMatchObject({ id: "c" });
      expect(await tx.query(Account, "c")).toBeUndefined();
      expect(await tx.query(Entry, "new")).toBeUndefined();
      await tx.delete(Account, "a");
    });
    expect(ids(await store.query(Account))).toBe("b");
    expect(await store.query(Entry)).toEqual([]);
  });

  it("TX-3 goes out as one push", async () => {
    const { store, Account, set, outbox } = await seeded();
    await store.transaction(async (tx) => {
      await set(tx, "a", 1);
      await set(tx, "b", 2);
      await set(tx, "a", 3);
      await tx.delete(Account, "b");
    });
    await store.transaction((tx) => set(tx, "a", 4));
    expect((await outbox()).slice(2)).toEqual([
      ["a", true],
      ["b", true],
      ["a", true],
      ["b", false],
      ["a", false],
    ]);
  });

  it("TX-3 is refused, before anything is stored, when it is more than a relay takes as one", async () => {
    const { store, Account, balances } = await seeded();
    const many = store.transaction(async (tx) => {
      for (let i = 0; i < 3; i++) await tx.save(new Account({ id: `n${i}`, owner: "n".repeat(800_000) }));
    });
    await expect(many).rejects.toThrow(/a transaction of 3 changes and \d+ bytes is more than a relay takes as one/);
    expect(await balances()).toBe("a10 b10");
  });

  it("TX-4 does not work once it has ended, nor for what is no function", async () => {
    const { store, Account } = await seeded();
    let kept: Transaction | null = null;
    await store.transaction((tx) => {
      kept = tx;
    });
    const late = (kept as unknown as Transaction).save(new Account({ id: "c", owner: "c" }));
    await expect(late).rejects.toThrow("this transaction has ended; await every call inside it");
    await expect(store.transaction(5 as never)).rejects.toThrow("transaction takes a function");
  });

  it("TX-5 has the database to itself: saves side by side come before it or after it", async () => {
    const { store, Account, set } = await seeded();
    await Promise.all([
      store.transaction(async (tx) => {
        const account = await tx.query(Account, "a");
        await new Promise((resolve) => setImmediate(resolve));
        await set(tx, "a", Number(account?.balance) + 1);
      }),
      ...Array.from({ length: 5 }, () =>
        store.transaction(async (tx) => {
          const account = await tx.query(Account, "a");
          await set(tx, "a", Number(account?.balance) + 1);
        }),
      ),
    ]);
    expect(await store.query(Account, "a")).toMatchObject({ balance: 16 });
  });

  it("TX-2 does calls made side by side one after the other", async () => {
    const { store, Account, Entry } = await seeded();
    const account = await store.query(Account, "a");
    await store.transaction(async (tx) => {
      await Promise.all([
        tx.save(new Entry({ id: "1", amount: 1, account })),
        tx.delete(Account, "a"),
        expect(tx.save(new Entry({ id: "2", amount: 2, account }))).rejects.toThrow("Data integrity error."),
      ]);
    });
    expect(await store.query(Entry)).toEqual([]);
    expect(await store.query(Account, "a")).toBeUndefined();
  });

  it("TX-4 writes nothing for calls that nobody waited for", async () => {
    const { store, Account, balances, outbox, hold } = await seeded();
    const before = (await outbox()).length;
    const calls: ((tx: Transaction) => Promise<unknown>)[] = [
      (tx) => tx.delete(Account, "a"),
      (tx) => tx.save(new Account({ id: "c", owner: "c" })),
    ];
    for (const first of calls) {
      const late: Promise<unknown>[] = [];
      const release = hold();
      await store.transaction(async (tx) => {
        for (const call of [first, ...calls]) late.push(call(tx));
        for (const call of late) call.catch(() => undefined);
        await new Promise((resolve) => setImmediate(resolve));
      });
      release();
      const outcomes = await Promise.allSettled(late);
      expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    }
    expect(await balances()).toBe("a10 b10");
    expect((await outbox()).length).toBe(before);
  });
});
