import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { registerClient } from "../../../src/admin/clients/register-client.ts";
import { createInitialKeys } from "../../../src/admin/keys/create-initial-keys.ts";
import type { Environment } from "../../../src/keys/key.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import { listClients } from "../../../src/store/list-clients.ts";
import { listKeys } from "../../../src/store/list-keys.ts";
import { someActions } from "../../support/builders.ts";
import { competingProcesses } from "../../support/process/competing-processes.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const BOTH: readonly Environment[] = ["live", "test"];

describe("the first keys", () => {
  it("are one that may administer the service, and one that may read its data", async () => {
    const actions = await someActions();
    const first = await createInitialKeys(BOTH, actions);
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
    expect((await listKeys(actions.db, { limit: 10 })).items).toEqual([first?.demo.key, first?.admin.key]);
    await actions.db.destroy();
  });

  it.each<[Environment]>([["live"], ["test"]])("are both %s keys where only those are accepted", async (only) => {
    const actions = await someActions();
    const first = await createInitialKeys([only], actions);
    expect([first?.admin.key.environment, first?.demo.key.environment]).toEqual([only, only]);
    await actions.db.destroy();
  });

  it("are created once", async () => {
    const actions = await someActions();
    await createInitialKeys(BOTH, actions);
    expect(await createInitialKeys(BOTH, actions)).toBeUndefined();
    expect((await listKeys(actions.db, { limit: 10 })).items).toHaveLength(2);
    await actions.db.destroy();
  });

  it("are not created where there is a client already", async () => {
    const actions = await someActions();
    await registerClient({ name: "acme" }, actions);
    expect(await createInitialKeys(BOTH, actions)).toBeUndefined();
    expect((await listKeys(actions.db, { limit: 10 })).items).toEqual([]);
    await actions.db.destroy();
  });

  it("are both there or neither", async () => {
    const actions = await someActions();
    let draws = 0;
    const random = (count: number) => {
      // Three for the client and the key of the admin, one for the client of the demo key.
      if (++draws > 4) throw new Error("no more randomness");
      return new Uint8Array(count).fill(draws);
    };
    await expect(createInitialKeys(BOTH, { ...actions, random })).rejects.toThrow("no more randomness");
    expect((await listClients(actions.db, { limit: 10 })).items).toEqual([]);
    await actions.db.destroy();
  });
});

describe("processes that start together on one database", () => {
  const race = competingProcesses();
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
