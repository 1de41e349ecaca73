import { describe, expect, it } from "@jest/globals";
import { everyPage } from "../../src/cli/every-page.ts";
import { insertClient } from "../../src/store/clients.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import { listClients } from "../../src/store/list-clients.ts";
import { aClient } from "../support/builders.ts";

describe("every page of a list", () => {
  it.each([0, 1, 2, 3, 4, 5])("holds each of %i items once", async (count) => {
    const db = await openDatabase("sqlite::memory:");
    for (let n = 1; n <= count; n++) await insertClient(db, aClient({ id: `client_${n}`, name: `acme ${n}` }));

    const clients = await everyPage("clients", (request) => listClients(db, { ...request, limit: 2 }));
    const newestFirst = Array.from({ length: count }, (_, n) => `client_${count - n}`);
    expect(clients.map(({ id }) => id)).toEqual(newestFirst);
    await db.destroy();
  });

  it("may hold 200,000 items", async () => {
    const items = Array.from({ length: 200_000 }, (_, n) => n);
    expect(await everyPage("keys", async () => ({ items, nextCursor: null }))).toHaveLength(items.length);
  });
});
