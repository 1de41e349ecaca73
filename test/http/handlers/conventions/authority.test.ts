import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { UnattributedDeps } from "../../../../src/admin/perform-action.ts";
import { createHandlers } from "../../../../src/http/handlers/handlers.ts";
import type { ApiKey } from "../../../../src/keys/key.ts";
import { readHead } from "../../../../src/store/audit/audit.ts";
import { insertClient } from "../../../../src/store/clients.ts";
import { openDatabase } from "../../../../src/store/database/database.ts";
import type { Database } from "../../../../src/store/database/schema.ts";
import { insertKey } from "../../../../src/store/keys.ts";
import { aClient, actionsOn, aKey, SCOPES } from "../../../support/builders.ts";
import { someLimits, someUsage } from "../../../support/limits.ts";
import { DOCUMENT } from "../../../support/model/declared.ts";
import { operationsOf } from "../../../support/model/models.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const path = join(temporaryFolder(), "latchkey.db");
const CLIENT = aClient();
let db: Database;
let rival: DatabaseSync;
let handlers: Readonly<Record<string, (call: never) => unknown>>;
let made = 0;

beforeAll(async () => {
  db = await openDatabase(`sqlite:${path}`);
  rival = new DatabaseSync(path);
  await insertClient(db, CLIENT);
  const keys = { findByDigest: async () => undefined };
  const deps: UnattributedDeps = actionsOn(db);
  handlers = createHandlers({
    ...deps,
    ...someLimits(DOCUMENT),
    ...someUsage(),
    keys,
    environments: ["live"],
    isReady: async () => true,
  });
});
afterAll(async () => {
  rival.close();
  await db.destroy();
});

async function aStoredKey(): Promise<ApiKey> {
  const id = `key_${++made}`;
  const key = aKey({ id, digest: `sha256:${made}`, lineageId: id, scopes: SCOPES, selfRotation: true });
  await insertKey(db, key);
  return key;
}

/** Every operation of ours that changes something, with what it needs besides a key. */
const BODIES: Readonly<Record<string, object>> = {
  createClient: { name: "another" },
  updateClient: { metadata: { changed: "yes" } },
  createKey: { clientId: CLIENT.id, name: "another", scopes: ["data:read"], environment: "live" },
  updateKey: { name: "changed" },
};
const READS = ["verifyKey", "authorizeRequest"];
const CHANGES = operationsOf(DOCUMENT)
  .filter(({ method, id, schemes }) => method !== "GET" && schemes.length > 0 && !READS.includes(id))
  .map(({ id }) => id);

/** Asks for an operation while another connection holds the lock, and lets it go after `change`. */
async function whileLocked(id: string, change: (keyId: string) => string, body = BODIES[id] ?? {}) {
  const [key, target] = [await aStoredKey(), await aStoredKey()];
  const head = await readHead(db);
  rival.exec("BEGIN IMMEDIATE");
  const call = {
    key,
    requestId: "req_aaaaaaaaaaaaaaaaaaaa",
    address: "203.0.113.7",
    path: { keyId: target.id, clientId: CLIENT.id },
    query: {},
    header: { "If-Match": "*" },
    body,
  };
  const replying = Promise.resolve(handlers[id]?.(call as never));
  // So that it is already waiting.
  for (let turns = 0; turns < 5; turns++) await nextTurn();
  rival.exec(change(key.id));
  rival.exec("COMMIT");
  const reply = await replying;
  return { reply, isDone: (await readHead(db)).hash !== head.hash };
}

const LOSSES = {
  "address-refused": (id: string) => `UPDATE keys SET allowed_ips = '["198.51.100.0/24"]' WHERE id = '${id}'`,
  "key-expired": (id: string) => `UPDATE keys SET expires_at = 1 WHERE id = '${id}'`,
  "key-disabled": (id: string) => `UPDATE keys SET disabled_at = 1 WHERE id = '${id}'`,
  "key-revoked": (id: string) => `UPDATE keys SET revoked_at = 1 WHERE id = '${id}'`,
  "scope-missing": (id: string) => `UPDATE keys SET scopes = '["data:read"]' WHERE id = '${id}'`,
};

describe("an action that waited for the lock while its key was changed", () => {
  it("covers every operation that changes something", () => {
    expect(CHANGES).toEqual(expect.arrayContaining(["createKey", "updateKey", "revokeKey", "rotateOwnKey"]));
    expect(CHANGES.length).toBeGreaterThanOrEqual(12);
  });

  const cases = CHANGES.flatMap((id) => Object.entries(LOSSES).map(([kind, change]) => [id, kind, change] as const));
  it.each(cases)("is not performed: %s, %s", async (id, kind, change) => {
    const { reply, isDone } = await whileLocked(id, change);
    expect(reply).toMatchObject({ refusal: { kind } });
    expect(isDone).toBe(false);
  });

  it("does not rotate a key that may not rotate itself any more", async () => {
    const { reply, isDone } = await whileLocked(
      "rotateOwnKey",
      (id) => `UPDATE keys SET self_rotation = 0 WHERE id = '${id}'`,
    );
    expect(reply).toMatchObject({ problem: "self-rotation-refused" });
    expect(isDone).toBe(false);
  });

  it("does not grant networks and an expiry that the issuer has lost", async () => {
    const soon = Date.now() + 3_600_000;
    const body = { clientId: CLIENT.id, name: "administrative", scopes: ["keys:write"], environment: "live" };
    const { reply, isDone } = await whileLocked(
      "createKey",
      (id) => `UPDATE keys SET expires_at = ${soon} WHERE id = '${id}'`,
      body,
    );
    expect(reply).toMatchObject({ problem: "scope-not-grantable" });
    expect(isDone).toBe(false);
  });

  it("is performed when the key is unchanged", async () => {
    const { reply, isDone } = await whileLocked("disableKey", () => "UPDATE keys SET name = 'renamed' WHERE id = ''");
    expect(reply).toMatchObject({ status: 200 });
    expect(isDone).toBe(true);
  });
});
