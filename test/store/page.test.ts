import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { insertClient } from "../../src/store/clients.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import type { Database } from "../../src/store/database/schema.ts";
import { insertKey } from "../../src/store/keys.ts";
import { listClients } from "../../src/store/list-clients.ts";
import { listKeys } from "../../src/store/list-keys.ts";
import { type List, type Page, type PageRequest, parseCursor } from "../../src/store/page.ts";
import { aClient, aKey } from "../support/builders.ts";
import { runs } from "../support/runs.ts";

type Item = { readonly id: string };

const LISTS = {
  clients: {
    add: (db: Database, n: number) => insertClient(db, aClient({ id: `client_${n}`, name: `acme ${n}` })),
    list: listClients,
  },
  keys: {
    add: async (db: Database, n: number) => {
      if (n === 1) await insertClient(db, aClient());
      await insertKey(db, aKey({ id: `key_${n}`, digest: `sha256:${n}` }));
    },
    list: listKeys,
  },
} satisfies Record<
  string,
  {
    add: (db: Database, n: number) => Promise<void>;
    list: (db: Database, request: PageRequest) => Promise<Page<Item>>;
  }
>;

/** Reads all pages, with `betweenPages` after each. */
async function readAll(
  list: List,
  read: (request: PageRequest) => Promise<Page<Item>>,
  limit: number,
  betweenPages: () => unknown,
) {
  const pages: (readonly string[])[] = [];
  let before: number | undefined;
  do {
    const page: Page<Item> = await read({ limit, ...(before !== undefined && { before }) });
    if (pages.length > 50) throw new Error("The pages never end.");
    pages.push(page.items.map(({ id }) => id));
    before = page.nextCursor === null ? undefined : parseCursor(list, page.nextCursor);
    if (page.nextCursor !== null) expect(before).toBeDefined();
    await betweenPages();
  } while (before !== undefined);
  return pages;
}

describe.each(["clients", "keys"] as const)("the pages of a list of %s", (noun) => {
  const { add, list } = LISTS[noun];

  it("neither skip nor repeat an item, while items are added", async () => {
    const sizes = { count: fc.nat(15), limit: fc.integer({ min: 1, max: 6 }), latecomers: fc.nat(3) };
    const property = fc.asyncProperty(fc.record(sizes), async ({ count, limit, latecomers }) => {
      const db = await openDatabase("sqlite::memory:");
      let added = 0;
      const addSome = async (some: number) => {
        for (let i = 0; i < some; i++) await add(db, ++added);
      };
      await addSome(count);
      const known = (await list(db, { limit: 100 })).items.map(({ id }) => id);

      const pages = await readAll(
        noun,
        (request) => list(db, request),
        limit,
        () => addSome(latecomers),
      );
      await db.destroy();
      expect(known).toHaveLength(count);
      expect(pages.flat()).toEqual(known);
      expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
    });
    await fc.assert(property, { numRuns: runs(40) });
  });

  it("end with a full one that has no cursor, when the items just fill it", async () => {
    const db = await openDatabase("sqlite::memory:");
    for (const n of [1, 2, 3, 4]) await add(db, n);
    const pages = await readAll(
      noun,
      (request) => list(db, request),
      2,
      () => undefined,
    );
    await db.destroy();
    expect(pages.map(({ length }) => length)).toEqual([2, 2]);
  });
});

describe("a cursor", () => {
  const encoded = (text: string) => Buffer.from(text, "latin1").toString("base64url");

  it("names the place that it was made for", () => {
    expect(parseCursor("keys", encoded("k1"))).toBe(1);
    expect(parseCursor("keys", encoded("k999999999999999"))).toBe(999_999_999_999_999);
  });

  it.each([
    ["empty", ""],
    ["plain text", "k12"],
    ["a number", encoded("12")],
    ["before the first", encoded("k0")],
    ["negative", encoded("k-1")],
    ["broken", encoded("k1.5")],
    ["padded with zeros", encoded("k01")],
    ["larger than a number can be", encoded("k9999999999999999")],
    ["followed by something", encoded("k1 ")],
    ["followed by a line break", encoded("k1\n")],
    ["two", encoded("k1k2")],
    ["of another kind", encoded("x1")],
    ["of another list", encoded("c1")],
    ["SQL", encoded("k1 OR 1=1")],
    ["written otherwise", `${encoded("k1")}==`],
    ["with junk that base64 skips", `${encoded("k1")}!`],
    ["with bits that base64 drops", "azF"],
  ])("that is %s is not valid", (_, cursor) => {
    expect(parseCursor("keys", cursor)).toBeUndefined();
  });

  it("is refused whenever it is not letter for letter what we would write", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string().map(encoded)), (cursor) => {
        const place = parseCursor("keys", cursor);
        expect(place === undefined || encoded(`k${place}`) === cursor).toBe(true);
      }),
    );
  });
});
