import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { ApiKey } from "../../src/keys/key.ts";
import { KEY_STATES, stateOf } from "../../src/keys/lifecycle.ts";
import { insertClient } from "../../src/store/clients.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import type { Database } from "../../src/store/database/schema.ts";
import { transact } from "../../src/store/database/transact.ts";
import { insertKey, markRevoked, replaceTerms } from "../../src/store/keys.ts";
import { type KeyFilter, listKeys } from "../../src/store/list-keys.ts";
import { parseCursor } from "../../src/store/page.ts";
import { WINDOW_ROWS } from "../../src/store/read-page.ts";
import { aClient, aKey, NOON } from "../support/builders.ts";
import { runs } from "../support/runs.ts";

const HOLDERS = ["acme", "other"].map((name) => aClient({ id: `client_${name}`, name }));
const NAMES = ["nightly import", 'the "Nightly" EXPORT', "Übernacht ümlaut", "100% _x_ 'quoted'", "plain"];
const ENDS = [null, NOON - 1, NOON, NOON + 1];

const aRandomKey = fc.record({
  client: fc.constantFrom(...HOLDERS),
  name: fc.constantFrom(...NAMES),
  environment: fc.constantFrom("live" as const, "test" as const),
  scopes: fc.uniqueArray(fc.constantFrom("data:read", "info:read", "keys:write"), { minLength: 1 }),
  lastFour: fc.constantFrom("aaaa", "bbbb"),
  expiresAt: fc.constantFrom(...ENDS),
  overlapEndsAt: fc.constantFrom(...ENDS),
  disabledAt: fc.constantFrom(null, null, NOON),
  revokedAt: fc.constantFrom(null, null, NOON),
});

const maybe = <T>(...values: T[]) => fc.constantFrom(undefined, ...values);

const aFilter = fc.record({
  clientId: maybe(...HOLDERS.map(({ id }) => id)),
  state: maybe(...KEY_STATES),
  environment: maybe("live" as const, "test" as const),
  scope: maybe("data:read", "info:read", "keys:write", "moon:read"),
  lastFour: maybe("aaaa", "bbbb", "cccc"),
  text: maybe("night", "NIGHT", '"ni', "üML", "_x_", "00%", "'quo", "nowhere", "plain OR night"),
});

/** The filter once more, in as few words as it can be said. */
function isWanted(key: ApiKey, { clientId, state, environment, scope, lastFour, text }: KeyFilter): boolean {
  const same = (wanted: string | undefined, found: string) => wanted === undefined || wanted === found;
  return (
    same(clientId, key.client.id) &&
    same(state, stateOf(key, NOON)) &&
    same(environment, key.environment) &&
    same(lastFour, key.lastFour) &&
    (scope === undefined || key.scopes.includes(scope)) &&
    (text === undefined || key.name.toLowerCase().includes(text.toLowerCase()))
  );
}

async function everyKey(db: Database, filter: KeyFilter, limit: number) {
  const ids: string[] = [];
  let pages = 0;
  let before: number | undefined;
  do {
    const page = await listKeys(db, { limit, ...(before !== undefined && { before }) }, { ...filter, now: NOON });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    ids.push(...page.items.map(({ id }) => id));
    before = page.nextCursor === null ? undefined : parseCursor("keys", page.nextCursor);
    pages++;
  } while (before !== undefined);
  return { ids, pages };
}

describe("the keys that a list is filtered for", () => {
  it("are those that match, each once and newest first, with any combination of filters", async () => {
    const property = fc.asyncProperty(
      fc.array(aRandomKey, { maxLength: 30 }),
      fc.array(aFilter, { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 1, max: 7 }),
      async (drawn, filters, limit) => {
        const db = await openDatabase("sqlite::memory:");
        for (const holder of HOLDERS) await insertClient(db, holder);
        const keys = drawn.map((facts, n) => aKey({ ...facts, id: `key_${n}`, digest: `digest ${n}` }));
        for (const key of keys) await insertKey(db, key);
        for (const filter of filters) {
          const wanted = keys.filter((key) => isWanted(key, filter)).map(({ id }) => id);
          expect((await everyKey(db, filter, limit)).ids).toEqual(wanted.toReversed());
        }
        await db.destroy();
      },
    );
    await fc.assert(property, { numRuns: runs(60) });
  });

  it("follow every change", async () => {
    const db = await openDatabase("sqlite::memory:");
    await insertClient(db, aClient());
    const key = aKey();
    await insertKey(db, key);
    const found = async (filter: KeyFilter) => (await everyKey(db, filter, 5)).ids.length;
    await replaceTerms(db, { ...key, name: "something else", scopes: ["info:read"] });
    expect(await found({ text: "nightly" })).toBe(0);
    expect(await found({ text: "thing" })).toBe(1);
    expect(await found({ scope: "data:read" })).toBe(0);
    expect(await found({ scope: "info:read" })).toBe(1);
    await markRevoked(db, key.id, NOON, null);
    expect(await found({ state: "active" })).toBe(0);
    expect(await found({ state: "revoked" })).toBe(1);
    await db.destroy();
  });
});

describe("a search that few of many keys match", () => {
  let db: Database;
  const count = WINDOW_ROWS * 2 + 10;

  beforeAll(async () => {
    db = await openDatabase("sqlite::memory:");
    await transact(db, async (tx) => {
      await insertClient(tx, aClient());
      for (let n = 0; n < count; n++) {
        const isOdd = n === 0 || n === count - 1;
        const name = isOdd ? "the odd one" : "one of many";
        await insertKey(
          tx,
          aKey({ id: `key_${n}`, digest: `digest ${n}`, name, environment: isOdd ? "test" : "live" }),
        );
      }
    });
  });
  afterAll(() => db.destroy());

  it("finds them at once where one thing is asked for", async () => {
    for (const filter of [{ text: "odd" }, { environment: "test" }] as const) {
      expect(await everyKey(db, filter, 20)).toEqual({ ids: [`key_${count - 1}`, "key_0"], pages: 1 });
    }
  });

  it("goes through the others page by page where things are asked for that many keys have alone", async () => {
    const { ids, pages } = await everyKey(db, { text: "one", scope: "data:read", environment: "test" }, 20);
    expect(ids).toEqual([`key_${count - 1}`, "key_0"]);
    expect(pages).toBe(3);
  });
});
