import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { findClient, hasClients, insertClient } from "../../src/store/clients.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import { StoreFailure } from "../../src/store/database/failure.ts";
import type { Database } from "../../src/store/database/schema.ts";
import { listClients } from "../../src/store/list-clients.ts";
import { aClient } from "../support/builders.ts";

let db: Database;

beforeAll(async () => {
  db = await openDatabase("sqlite::memory:");
});
afterAll(() => db.destroy());

describe("the clients in the store", () => {
  it("are none at first", async () => {
    expect(await hasClients(db)).toBe(false);
    expect(await listClients(db, { limit: 5 })).toEqual({ items: [], nextCursor: null });
    expect(await findClient(db, "acme")).toBeUndefined();
  });

  it("are found by id and by name, just as they were inserted", async () => {
    const client = aClient({ name: "Ölfabrik 'No. 5'; --", metadata: { team: "blue", "": "\u0000" } });
    await insertClient(db, client);
    expect(await findClient(db, client.id)).toEqual(client);
    expect(await findClient(db, client.name)).toEqual(client);
    expect(await hasClients(db)).toBe(true);
  });

  it("are not found by half a name, by another case, or by a pattern", async () => {
    await insertClient(db, aClient({ id: "client_b", name: "globex" }));
    for (const name of ["glob", "Globex", "globex ", "glob%", ""]) expect(await findClient(db, name)).toBeUndefined();
  });

  it("are listed newest first", async () => {
    await insertClient(db, aClient({ id: "client_c", name: "initech" }));
    const { items } = await listClients(db, { limit: 2 });
    expect(items.map(({ name }) => name)).toEqual(["initech", "globex"]);
  });

  it.each([
    ["id", aClient({ name: "another" })],
    ["name", aClient({ id: "client_d", name: "globex" })],
  ])("never share an %s, and an attempt is a bug, not an outage", async (_, twin) => {
    const refusal = insertClient(db, twin);
    await expect(refusal).rejects.toThrow(/UNIQUE/);
    await expect(refusal).rejects.not.toBeInstanceOf(StoreFailure);
  });
});
