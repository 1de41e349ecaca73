import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ApiKey, Environment } from "../../src/keys/key.ts";
import { insertClient } from "../../src/store/clients.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import type { Database } from "../../src/store/database/schema.ts";
import { findKey, findKeyByDigest, insertKey, markRevoked } from "../../src/store/keys.ts";
import { listKeys } from "../../src/store/list-keys.ts";
import { aClient, aKey, NOON } from "../support/builders.ts";

let db: Database;
let made = 0;

beforeAll(async () => {
  db = await openDatabase("sqlite::memory:");
  await insertClient(db, aClient());
});
afterAll(() => db.destroy());

/** A key that has nothing in common with those before it. */
const anotherKey = (differences: Partial<ApiKey> = {}) =>
  aKey({ id: `key_${++made}`, digest: `sha256:${made}`, ...differences });

describe("the keys in the store", () => {
  it("are found by id and by digest, just as they were inserted, with the name of their client", async () => {
    const key = anotherKey({
      environment: "test",
      scopes: ["data:read", "a,b"],
      expiresAt: NOON + 1,
      metadata: { ticket: "OPS-17" },
    });
    await insertKey(db, key);
    expect(await findKey(db, key.id)).toEqual(key);
    expect(await findKeyByDigest(db, key.digest)).toEqual(key);
  });

  it("are not found by values of other keys", async () => {
    const key = anotherKey();
    await insertKey(db, key);
    expect(await findKey(db, "key_nobody")).toBeUndefined();
    expect(await findKeyByDigest(db, key.id)).toBeUndefined();
    expect(await findKeyByDigest(db, key.digest.toUpperCase())).toBeUndefined();
    expect(await findKeyByDigest(db, "")).toBeUndefined();
  });

  it("are listed newest first, in the order in which they were stored", async () => {
    const [older, newer] = [anotherKey({ createdAt: NOON + 1 }), anotherKey({ createdAt: NOON })];
    await insertKey(db, older);
    await insertKey(db, newer);
    expect((await listKeys(db, { limit: 2 })).items).toEqual([newer, older]);
  });

  it("keep the time and the reason of their first revocation", async () => {
    const key = anotherKey();
    await insertKey(db, key);
    await markRevoked(db, key.id, NOON, "leaked");
    await markRevoked(db, key.id, NOON + 1, "again");
    expect(await findKey(db, key.id)).toEqual({ ...key, revokedAt: NOON, revocationReason: "leaked" });
  });

  it("are revoked one at a time", async () => {
    const [revoked, neighbour] = [anotherKey(), anotherKey()];
    await insertKey(db, revoked);
    await insertKey(db, neighbour);
    await markRevoked(db, revoked.id, NOON, null);
    await markRevoked(db, "key_nobody", NOON, null);
    expect(await findKey(db, neighbour.id)).toEqual(neighbour);
  });

  it.each<[string, Partial<ApiKey>, RegExp]>([
    ["an id that is taken", { id: "key_1" }, /UNIQUE/],
    ["a digest that is taken", { digest: "sha256:1" }, /UNIQUE/],
    [
      "a client that does not exist",
      { client: { id: "client_unknown", name: "unknown", disabledAt: null, plan: null, limits: null } },
      /FOREIGN KEY/,
    ],
    ["an environment that does not exist", { environment: "prod" as Environment }, /CHECK/],
    ["no name", { name: null as never }, /NOT NULL/],
    ["text where a number belongs", { createdAt: "noon" as never }, /cannot store TEXT/],
  ])("never have %s", async (_, differences, message) => {
    await expect(insertKey(db, anotherKey(differences))).rejects.toThrow(message);
  });
});
