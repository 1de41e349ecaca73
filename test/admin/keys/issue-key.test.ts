import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type ActionDeps, OPERATOR_AUTHORITY } from "../../../src/admin/actions.ts";
import { registerClient } from "../../../src/admin/clients/register-client.ts";
import { issueKey, type NewKey } from "../../../src/admin/keys/issue-key.ts";
import { digestOf } from "../../../src/keys/digest.ts";
import { parseKey } from "../../../src/keys/format.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import { findKey, findKeyByDigest } from "../../../src/store/keys.ts";
import { listKeys } from "../../../src/store/list-keys.ts";
import { type HeldClock, NOON, SCOPES, someActions } from "../../support/builders.ts";
import { aNewKey } from "../../support/new-key.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let actions: ActionDeps & { readonly clock: HeldClock };

beforeAll(async () => {
  actions = await someActions();
  await registerClient({ name: "acme" }, actions);
});
afterAll(() => actions.db.destroy());

const asKey = (...scopes: string[]) => ({ kind: "key", scopes, expiresAt: null, allowedIps: [] }) as const;

async function issued(wanted: Partial<NewKey> = {}, deps: ActionDeps = actions) {
  const outcome = await issueKey(aNewKey(wanted), OPERATOR_AUTHORITY, deps);
  if (outcome.kind !== "issued") throw new Error(`No key was issued: ${outcome.kind}.`);
  return outcome;
}

const keysInStore = async () => (await listKeys(actions.db, { limit: 100 })).items.length;

describe("a key that is issued", () => {
  it("is kept as it was wanted, from this very instant on", async () => {
    const { key } = await issued({ environment: "test", expiresAt: NOON + 1, metadata: { ticket: "OPS-17" } });
    expect(key).toMatchObject({
      client: { name: "acme" },
      name: "nightly import",
      scopes: ["data:read"],
      environment: "test",
      createdAt: NOON,
      expiresAt: NOON + 1,
      revokedAt: null,
      revocationReason: null,
      metadata: { ticket: "OPS-17" },
    });
    expect(await findKey(actions.db, key.id)).toEqual(key);
  });

  it("has a secret of its brand and environment, which finds it by its digest", async () => {
    const { key, secret } = await issued({ environment: "test" }, { ...actions, brand: "acme" });
    expect(secret).toMatch(/^acme_test_[0-9A-Za-z]{38}$/);
    expect(parseKey(secret)).toMatchObject({ environment: "test" });
    expect(key.lastFour).toBe(secret.slice(-4));
    expect(await findKeyByDigest(actions.db, digestOf(secret))).toEqual(key);
  });

  it("shares neither id nor secret with another", async () => {
    const [one, other] = [await issued(), await issued()];
    expect(one.key.id).not.toBe(other.key.id);
    expect(one.secret).not.toBe(other.secret);
  });

  it("has each scope once, in the order of the wish", async () => {
    const { key } = await issued({ scopes: ["info:read", "data:read", "info:read"] });
    expect(key.scopes).toEqual(["info:read", "data:read"]);
  });

  it("belongs to the client that was named by id or by name", async () => {
    const { key } = await issued();
    expect((await issued({ client: key.client.id })).key.client).toEqual(key.client);
  });
});

describe("the secret of a key", () => {
  const folder = temporaryFolder();

  it("is nowhere in the files of the store", async () => {
    const bytes = () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
    const db = await openDatabase(`sqlite:${join(folder, "latchkey.db")}`);
    await registerClient({ name: "acme" }, { ...actions, db });
    const { key, secret } = await issued({}, { ...actions, db });

    const whileOpen = bytes();
    await db.destroy();
    for (const stored of [whileOpen, bytes()]) {
      expect(stored.includes(key.id)).toBe(true);
      expect(stored.includes(digestOf(secret))).toBe(true);
      const random = secret.slice("lk_live_".length);
      for (const trace of [random, random.slice(0, 8), Buffer.from(secret).toString("base64").slice(0, 40)]) {
        expect(stored.includes(trace)).toBe(false);
      }
    }
  });
});

describe("a key is not issued", () => {
  it.each<[string, Partial<NewKey>, object]>([
    ["to a client that was not registered", { client: "unknown" }, { kind: "client-unknown" }],
    [
      "with a scope that the contract does not know",
      { scopes: ["data:read", "data:write", "x"] },
      { kind: "scope-unknown", index: 1, known: SCOPES },
    ],
    ["when it would have ended a millisecond ago", { expiresAt: NOON - 1 }, { kind: "expiry-past" }],
    ["when it would end this very millisecond", { expiresAt: NOON }, { kind: "expiry-past" }],
  ])("%s", async (_, wanted, outcome) => {
    const before = await keysInStore();
    expect(await issueKey(aNewKey(wanted), OPERATOR_AUTHORITY, actions)).toEqual(outcome);
    expect(await keysInStore()).toBe(before);
  });
});

describe("who may grant what", () => {
  it.each<[string, Parameters<typeof issueKey>[1], readonly string[]]>([
    ["the operator grants everything", OPERATOR_AUTHORITY, SCOPES],
    ["a key grants data scopes that it lacks", asKey("keys:write"), ["data:read", "secret:read"]],
    ["a key grants administrative scopes that it holds", asKey("keys:write", "clients:read"), ["clients:read"]],
  ])("%s", async (_, actor, scopes) => {
    expect(await issueKey(aNewKey({ scopes }), actor, actions)).toMatchObject({ kind: "issued", key: { scopes } });
  });

  it("a key grants no administrative scope that it lacks, and is told which", async () => {
    const before = await keysInStore();
    const outcome = await issueKey(
      aNewKey({ scopes: ["data:read", "clients:write", "keys:write", "keys:read"] }),
      asKey("keys:write"),
      actions,
    );
    expect(outcome).toEqual({ kind: "scope-not-grantable", scopes: ["clients:write", "keys:read"] });
    expect(await keysInStore()).toBe(before);
  });

  const limited = { ...asKey("keys:write"), expiresAt: NOON + 1000, allowedIps: ["10.0.0.0/8"] };

  it.each([
    ["ends later", { expiresAt: NOON + 1001, allowedIps: ["10.0.0.0/8"] }],
    ["never ends", { allowedIps: ["10.0.0.0/8"] }],
    ["works from elsewhere", { expiresAt: NOON + 1000, allowedIps: ["10.0.0.0/8", "192.0.2.0/24"] }],
    ["works from anywhere", { expiresAt: NOON + 1000 }],
  ])("a key with limits grants no administrative scope to one that %s", async (_, wish) => {
    const wanted = aNewKey({ scopes: ["data:read", "keys:write"], ...wish });
    expect(await issueKey(wanted, limited, actions)).toEqual({ kind: "scope-not-grantable", scopes: ["keys:write"] });
    expect(await issueKey({ ...wanted, scopes: ["data:read"] }, limited, actions)).toMatchObject({ kind: "issued" });
  });

  it("a key with limits grants administrative scopes within them", async () => {
    const wanted = aNewKey({ scopes: ["keys:write"], expiresAt: NOON + 1000, allowedIps: ["10.1.0.0/16"] });
    expect(await issueKey(wanted, limited, actions)).toMatchObject({ kind: "issued" });
  });
});
