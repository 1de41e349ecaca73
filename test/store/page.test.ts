import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { insertClient, listClients } from "../../src/store/clients.ts";
import { openDatabase } from "../../src/store/database.ts";
import { insertKey, listKeys } from "../../src/store/keys.ts";
import { type Page, type PageRequest, parseCursor } from "../../src/store/page.ts";
import type { Database } from "../../src/store/schema.ts";
import { aClient, aKey } from "../support/builders.ts";

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
    before = page.nextCursor === null ? undefined : parseCursor(page.nextCursor);
    if (page.nextCursor !== null) expect(before).toBeDefined();
    await betweenPages();
  } while (before !== undefined);
  return pages;
}

describe.each(["clients", "keys"] as const)("the pages of a list of %s", (noun) => {
  const { add, list } = LISTS[noun];

  it("neither skip nor repeat an item, whatever is added meanwhile", async () => {
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
        (request) => list(db, request),
        limit,
        () => addSome(latecomers),
      );
      await db.destroy();
      expect(known).toHaveLength(count);
      expect(pages.flat()).toEqual(known);
      expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it("end with a full one that has no cursor, when the items just fill it", async () => {
    const db = await openDatabase("sqlite::memory:");
    for (const n of [1, 2, 3, 4]) await add(db, n);
    const pages = await readAll(
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
    expect(parseCursor(encoded("n1"))).toBe(1);
    expect(parseCursor(encoded("n999999999999999"))).toBe(999_999_999_999_999);
  });

  it.each([
    ["empty", ""],
    ["plain text", "n12"],
    ["a number", encoded("12")],
    ["before the first", encoded("n0")],
    ["negative", encoded("n-1")],
    ["broken", encoded("n1.5")],
    ["padded with zeros", encoded("n01")],
    ["larger than a number can be", encoded("n9999999999999999")],
    ["followed by something", encoded("n1 ")],
    ["followed by a line break", encoded("n1\n")],
    ["two", encoded("n1n2")],
    ["of another kind", encoded("x1")],
    ["SQL", encoded("n1 OR 1=1")],
    ["written otherwise", `${encoded("n1")}==`],
    ["with junk that base64 skips", `${encoded("n1")}!`],
    ["with bits that base64 drops", "bjF"],
  ])("that is %s is none of ours", (_, cursor) => {
    expect(parseCursor(cursor)).toBeUndefined();
  });

  it("is refused whenever it is not letter for letter what we would write", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string().map(encoded)), (cursor) => {
        const place = parseCursor(cursor);
        expect(place === undefined || encoded(`n${place}`) === cursor).toBe(true);
      }),
    );
  });
});
