import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { registerClient } from "../../../src/admin/clients/register-client.ts";
import { createFirstKeys } from "../../../src/admin/keys/first-keys.ts";
import type { Environment } from "../../../src/keys/key.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import { listClients } from "../../../src/store/list-clients.ts";
import { listKeys } from "../../../src/store/list-keys.ts";
import { someDeeds } from "../../support/builders.ts";
import { rivals } from "../../support/process/rivals.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const BOTH: readonly Environment[] = ["live", "test"];

describe("the first keys", () => {
  it("are one that may administer the service, and one that may read its data", async () => {
    const deeds = await someDeeds();
    const first = await createFirstKeys(BOTH, deeds);
    expect(first?.admin.key).toMatchObject({ client: { name: "admin" }, environment: "live", expiresAt: null });
    expect(first?.demo.key).toMatchObject({ client: { name: "demo" }, environment: "test", expiresAt: null });
    expect(first?.admin.key.scopes).toEqual([
      "clients:read",
      "clients:write",
      "keys:read",
      "keys:write",
      "keys:verify",
      "usage:read",
      "audit:read",
      "metrics:read",
    ]);
    expect(first?.demo.key.scopes).toEqual(["data:read", "info:read", "secret:read"]);
    expect((await listKeys(deeds.db, { limit: 10 })).items).toEqual([first?.demo.key, first?.admin.key]);
    await deeds.db.destroy();
  });

  it.each<[Environment]>([["live"], ["test"]])("are both %s keys where only those are accepted", async (only) => {
    const deeds = await someDeeds();
    const first = await createFirstKeys([only], deeds);
    expect([first?.admin.key.environment, first?.demo.key.environment]).toEqual([only, only]);
    await deeds.db.destroy();
  });

  it("are created once", async () => {
    const deeds = await someDeeds();
    await createFirstKeys(BOTH, deeds);
    expect(await createFirstKeys(BOTH, deeds)).toBeUndefined();
    expect((await listKeys(deeds.db, { limit: 10 })).items).toHaveLength(2);
    await deeds.db.destroy();
  });

  it("are not created where somebody has begun already", async () => {
    const deeds = await someDeeds();
    await registerClient({ name: "acme" }, deeds);
    expect(await createFirstKeys(BOTH, deeds)).toBeUndefined();
    expect((await listKeys(deeds.db, { limit: 10 })).items).toEqual([]);
    await deeds.db.destroy();
  });

  it("are both there or neither", async () => {
    const deeds = await someDeeds();
    let draws = 0;
    const random = (count: number) => {
      // Three for the client and the key of the admin, one for the client of the demo key.
      if (++draws > 4) throw new Error("no more randomness");
      return new Uint8Array(count).fill(draws);
    };
    await expect(createFirstKeys(BOTH, { ...deeds, random })).rejects.toThrow("no more randomness");
    expect((await listClients(deeds.db, { limit: 10 })).items).toEqual([]);
    await deeds.db.destroy();
  });
});

describe("processes that start together on one database", () => {
  const race = rivals();
  const folder = temporaryFolder();

  it("create the first keys once", async () => {
    const url = `sqlite:${join(folder, "latchkey.db")}`;
    await (await openDatabase(url)).destroy();
    expect((await race(url)).toSorted()).toEqual(["first", "late", "late"]);

    const db = await openDatabase(url);
    expect((await listClients(db, { limit: 10 })).items.map(({ name }) => name)).toEqual(["demo", "admin"]);
    expect((await listKeys(db, { limit: 10 })).items).toHaveLength(2);
    await db.destroy();
  });
});
