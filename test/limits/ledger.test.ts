import { beforeEach, describe, expect, it } from "@jest/globals";
import { createLedger, type Ledger } from "../../src/limits/ledger.ts";
import type { Quota } from "../../src/limits/limit.ts";
import { NOON } from "../support/builders.ts";
import { aQuotaStore } from "../support/limits.ts";

const MONTHLY: Quota = { name: "monthly", requests: 100, period: "month", isHard: true };
const DAILY: Quota = { name: "daily", requests: 10, period: "day", isHard: true };
const DECEMBER = Date.parse("2026-12-01T00:00:00Z");

let store = aQuotaStore();
let ledger: Ledger;
beforeEach(() => {
  store = aQuotaStore();
  ledger = createLedger(store);
});

describe("an account", () => {
  it("must be loaded before it is known", async () => {
    store.used.set("acme monthly 2026-11", 7);
    expect(ledger.usedOf("acme", MONTHLY, NOON)).toBeUndefined();
    await ledger.load("acme", [MONTHLY, DAILY], NOON);
    expect([ledger.usedOf("acme", MONTHLY, NOON), ledger.usedOf("acme", DAILY, NOON)]).toEqual([7, 0]);
  });

  it("is read once for all concurrent loads", async () => {
    let reads = 0;
    const counting = {
      ...store,
      read: (accounts: Parameters<typeof store.read>[0]) => {
        reads++;
        return store.read(accounts);
      },
    };
    const other = createLedger(counting);
    await Promise.all(Array.from({ length: 50 }, () => other.load("acme", [MONTHLY], NOON)));
    expect(reads).toBe(1);
  });

  it("counts immediately, and in the store after a flush", async () => {
    await ledger.load("acme", [MONTHLY], NOON);
    ledger.change("acme", MONTHLY, 3, NOON);
    expect(ledger.usedOf("acme", MONTHLY, NOON)).toBe(3);
    expect(store.used.size).toBe(0);
    await ledger.flush(NOON);
    await ledger.flush(NOON);
    expect(store.used).toEqual(new Map([["acme monthly 2026-11", 3]]));
    expect(ledger.usedOf("acme", MONTHLY, NOON)).toBe(3);
  });

  it("includes the counts of other processes from the next flush on", async () => {
    await ledger.load("acme", [MONTHLY], NOON);
    store.used.set("acme monthly 2026-11", 40);
    ledger.change("acme", MONTHLY, 1, NOON);
    await ledger.flush(NOON);
    expect(ledger.usedOf("acme", MONTHLY, NOON)).toBe(41);
  });

  it("ends with its month, to the millisecond; later changes to units of the old month go to the old account", async () => {
    await ledger.load("acme", [MONTHLY], DECEMBER - 1);
    ledger.change("acme", MONTHLY, 5, DECEMBER - 1);
    expect(ledger.usedOf("acme", MONTHLY, DECEMBER)).toBeUndefined();
    await ledger.load("acme", [MONTHLY], DECEMBER);
    expect(ledger.usedOf("acme", MONTHLY, DECEMBER)).toBe(0);
    ledger.change("acme", MONTHLY, -1, DECEMBER - 1);
    await ledger.flush(DECEMBER);
    expect(store.used).toEqual(new Map([["acme monthly 2026-11", 4]]));
  });
});

describe("a flush", () => {
  it("writes many accounts in chunks, and keeps what fails", async () => {
    const sizes: number[] = [];
    const failing = {
      ...store,
      add: async (changes: Parameters<typeof store.add>[0]) => {
        if (sizes.push(changes.length) === 2) throw new Error("down");
        return store.add(changes);
      },
    };
    const many = createLedger(failing);
    const clients = Array.from({ length: 1_200 }, (_, n) => `client ${n}`);
    for (const client of clients) {
      await many.load(client, [MONTHLY], NOON);
      many.change(client, MONTHLY, 1, NOON);
    }
    await expect(many.flush(NOON)).rejects.toThrow("down");
    expect(store.used.size).toBe(500);
    await many.flush(NOON);
    expect(sizes).toEqual([500, 500, 500, 200]);
    expect([...store.used.values()].every((used) => used === 1)).toBe(true);
    expect(store.used.size).toBe(1_200);
  });

  it("that fails neither loses units nor counts them twice", async () => {
    let isDown = true;
    const failing = {
      ...store,
      add: async (changes: Parameters<typeof store.add>[0]) => {
        if (isDown) throw new Error("down");
        return store.add(changes);
      },
    };
    const other = createLedger(failing);
    await other.load("acme", [MONTHLY], NOON);
    other.change("acme", MONTHLY, 2, NOON);
    await expect(other.flush(NOON)).rejects.toThrow("down");
    other.change("acme", MONTHLY, 1, NOON);
    isDown = false;
    await other.flush(NOON);
    expect(store.used).toEqual(new Map([["acme monthly 2026-11", 3]]));
  });

  it("includes what is counted during the flush before it, and ends after both", async () => {
    const waiting: (() => void)[] = [];
    const slow = {
      ...store,
      add: async (changes: Parameters<typeof store.add>[0]) => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return store.add(changes);
      },
    };
    const other = createLedger(slow);
    await other.load("acme", [MONTHLY], NOON);
    other.change("acme", MONTHLY, 2, NOON);
    const first = other.flush(NOON);
    await new Promise(setImmediate);
    other.change("acme", MONTHLY, 5, NOON);
    const both = Promise.all([first, other.flush(NOON), other.flush(NOON)]);
    while (waiting.length > 0) {
      waiting.shift()?.();
      await new Promise(setImmediate);
    }
    await both;
    expect(store.used).toEqual(new Map([["acme monthly 2026-11", 7]]));
  });

  it("forgets accounts that have ended, and the oldest beyond the maximum", async () => {
    const small = createLedger(store, 2);
    for (const client of ["a", "b", "c", "d"]) {
      await small.load(client, [MONTHLY], NOON);
      small.change(client, MONTHLY, 1, NOON);
    }
    await small.flush(NOON);
    const kept = ["a", "b", "c", "d"].filter((client) => small.usedOf(client, MONTHLY, NOON) !== undefined);
    expect(kept).toEqual(["c", "d"]);
    await small.load("a", [MONTHLY], NOON);
    expect(small.usedOf("a", MONTHLY, NOON)).toBe(1);

    small.change("d", DAILY, 1, NOON);
    await small.load("e", [MONTHLY], DECEMBER);
    small.change("e", MONTHLY, 1, DECEMBER);
    await small.flush(DECEMBER);
    expect(small.usedOf("d", MONTHLY, NOON)).toBeUndefined();
    expect(small.usedOf("e", MONTHLY, DECEMBER)).toBe(1);
  });
});
