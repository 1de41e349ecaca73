import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type ActionDeps, OPERATOR_AUTHORITY, operatorPrincipal } from "../../../src/admin/actions.ts";
import { enableClient } from "../../../src/admin/clients/disable-client.ts";
import { enableKey } from "../../../src/admin/keys/disable-key.ts";
import { issueKey } from "../../../src/admin/keys/issue-key.ts";
import { revokeClientKeys } from "../../../src/admin/keys/revoke-client-keys.ts";
import { finishBulkRevocations, MARKED_AT_A_TIME } from "../../../src/admin/keys/revoke-in-bulk.ts";
import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import { MAX_LIVE_KEYS, rotateKey } from "../../../src/admin/keys/rotate-key.ts";
import { isUsable, stateOf } from "../../../src/keys/lifecycle.ts";
import { listEvents } from "../../../src/store/audit/list-events.ts";
import { verifyChain } from "../../../src/store/audit/verify.ts";
import { findRevocationsToReapply } from "../../../src/store/backup/revocations-to-reapply.ts";
import { insertClient } from "../../../src/store/clients.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import { transact } from "../../../src/store/database/transact.ts";
import { findKey, insertKey, scopesOfClient } from "../../../src/store/keys.ts";
import { listKeys } from "../../../src/store/list-keys.ts";
import {
  aClient,
  actionsOn,
  aHeldClock,
  aKey,
  DAY_MS,
  type HeldClock,
  NOON,
  SECOND_MS,
} from "../../support/builders.ts";
import { inDatabase } from "../../support/databases.ts";
import { aNewKey } from "../../support/new-key.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const KEYS = 2 * MARKED_AT_A_TIME + 20;
const folder = temporaryFolder();
let made = 0;
let path: string;
let actions: ActionDeps & { readonly clock: HeldClock };
const holder = aClient();
const other = aClient({ id: "client_bbbbbbbbbbbbbbbbbbbb", name: "other" });

const open = async () => {
  actions = {
    ...actionsOn(await openDatabase(`sqlite:${path}`)),
    clock: aHeldClock(),
    principal: operatorPrincipal("ada"),
  };
};

const original = join(folder, "original.db");

beforeAll(() =>
  inDatabase(original, (db) =>
    transact(db, async (tx) => {
      await insertClient(tx, holder);
      await insertClient(tx, other);
      // Keys of another client lie in between.
      for (let n = 0; n < KEYS; n++) {
        await insertKey(tx, aKey({ id: `key_${n}`, client: holder, digest: `digest ${n}`, lineageId: `key_${n}` }));
        await insertKey(tx, aKey({ id: `key_other${n}`, client: other, digest: `other ${n}` }));
      }
    }),
  ),
);
beforeEach(async () => {
  path = join(folder, `${++made}.db`);
  copyFileSync(original, path);
  await open();
});
afterEach(() => actions.db.destroy());

const statesOf = async (clientId: string) => {
  const { items } = await listKeys(actions.db, { limit: 1_000 }, { clientId });
  return Object.fromEntries(
    [...Map.groupBy(items, (key) => stateOf(key, actions.clock.now()))].map(([state, keys]) => [state, keys.length]),
  );
};
const revocationsRecorded = async () =>
  (await listEvents(actions.db, { limit: 1_000 }, { action: "key.revoked" })).items.toReversed();

describe("the revocation of a client's many keys", () => {
  it("holds for all of them at once, and for no other key, before they are marked", async () => {
    const outcome = await revokeClientKeys("acme", "left", actions);
    expect(outcome).toMatchObject({ kind: "revoked", revoked: KEYS });
    expect(await statesOf(holder.id)).toEqual({ revoked: KEYS });
    expect(await findKey(actions.db, `key_${KEYS - 1}`)).toMatchObject({ revokedAt: NOON, revocationReason: "left" });
    expect(await statesOf(other.id)).toEqual({ active: KEYS });
    expect(await revocationsRecorded()).toHaveLength(MARKED_AT_A_TIME);

    const active = await listKeys(actions.db, { limit: 1_000 }, { state: "active", now: NOON });
    expect(active.items.map(({ client }) => client.name)).toEqual(Array(KEYS).fill("other"));
  });

  it("marks some keys at a time, with one event for each, and other actions in between", async () => {
    await revokeClientKeys("acme", "left", actions);
    actions.clock.moveTo(NOON + SECOND_MS);
    let pauses = 0;
    const pause = async () => {
      pauses++;
      await revokeKey(`key_other${pauses}`, { reason: null }, actions);
    };
    await finishBulkRevocations({ ...actions, principal: operatorPrincipal("the service") }, { pause });
    expect(pauses).toBeGreaterThanOrEqual(KEYS / MARKED_AT_A_TIME - 1);

    const events = (await revocationsRecorded()).filter(({ target }) => !target.id.includes("other"));
    expect(events.map(({ target }) => target.id)).toEqual(Array.from({ length: KEYS }, (_, n) => `key_${n}`));
    for (const { at, details } of events)
      expect({ at, details }).toEqual({ at: NOON, details: { osUser: "ada", reason: "left" } });
    expect(await verifyChain(actions.db)).toMatchObject({ kind: "intact" });
    expect(await actions.db.selectFrom("revocations").selectAll().execute()).toEqual([]);
    const { items } = await listKeys(actions.db, { limit: 1_000 }, { state: "revoked" });
    expect(items).toHaveLength(KEYS + pauses);
  });

  it("continues after a crash, and after a stop", async () => {
    await revokeClientKeys("acme", "left", actions);
    await finishBulkRevocations(actions, { isStopping: () => true });
    expect(await revocationsRecorded()).toHaveLength(MARKED_AT_A_TIME);
    await actions.db.destroy();

    await open();
    expect(await statesOf(holder.id)).toEqual({ revoked: KEYS });
    await finishBulkRevocations(actions);
    expect(await revocationsRecorded()).toHaveLength(KEYS);
  });

  it("does not count towards the cap, spares new keys, and none of its keys can be enabled", async () => {
    await revokeClientKeys("acme", "left", actions);
    const issued = await issueKey(aNewKey({ client: "acme" }), OPERATOR_AUTHORITY, { ...actions, maxKeysPerClient: 1 });
    expect(issued).toMatchObject({ kind: "issued" });
    const last = `key_${KEYS - 1}`;
    expect((await rotateKey(last, { seconds: 60, endWhenSilentSeconds: null }, OPERATOR_AUTHORITY, actions)).kind).toBe(
      "not-rotatable",
    );
    await enableKey(last, OPERATOR_AUTHORITY, actions);
    await enableClient("acme", OPERATOR_AUTHORITY, actions);
    await finishBulkRevocations(actions);
    expect(await statesOf(holder.id)).toEqual({ revoked: KEYS, active: 1 });
  });

  it("that comes during another one leaves its keys their time and reason", async () => {
    await revokeClientKeys("acme", "first", actions);
    await issueKey(aNewKey({ client: "acme" }), OPERATOR_AUTHORITY, actions);
    actions.clock.moveTo(NOON + SECOND_MS);
    expect(await revokeClientKeys("acme", "second", actions)).toMatchObject({ revoked: 1 });
    await finishBulkRevocations(actions);
    const { items } = await listKeys(actions.db, { limit: 1_000 }, { clientId: holder.id });
    const reasons = items.map(({ revocationReason, revokedAt }) => `${revocationReason} ${(revokedAt ?? 0) - NOON}`);
    expect(reasons).toEqual(["second 1000", ...Array(KEYS).fill("first 0")]);
    expect(await revocationsRecorded()).toHaveLength(KEYS + 1);
  });

  it("is not undone by an earlier backup: a restore finds every revoked key", async () => {
    const earlier = new DatabaseSync(":memory:");
    const now = new DatabaseSync(path);
    earlier.exec(`ATTACH '${path}' AS now; CREATE TABLE clients AS SELECT * FROM now.clients;
      CREATE TABLE keys AS SELECT * FROM now.keys; DETACH now`);
    await revokeClientKeys("acme", "left", actions);
    const revocationsToReapply = findRevocationsToReapply(now, earlier);
    expect(revocationsToReapply).toHaveLength(KEYS);
    expect(revocationsToReapply.at(-1)).toEqual({ id: `key_${KEYS - 1}`, how: "revoked", at: NOON, reason: "left" });
    for (const file of [earlier, now]) file.close();
  });
});

describe("a key that is rotated without end", () => {
  const DAY = { seconds: DAY_MS / SECOND_MS, endWhenSilentSeconds: null };
  const rotateTimes = async (times: number) => {
    const ids = ["key_0"];
    for (let n = 0; n < times; n++) {
      const outcome = await rotateKey(ids.at(-1) ?? "", DAY, OPERATOR_AUTHORITY, actions);
      if (outcome.kind !== "rotated") throw new Error(outcome.kind);
      ids.push(outcome.key.id);
    }
    const keys = await Promise.all(ids.map((id) => findKey(actions.db, id)));
    return keys.map((key) => (key === undefined ? "revoked" : stateOf(key, NOON)));
  };

  it("leaves a bounded number of secrets that work, the newest ones", async () => {
    const states = await rotateTimes(30);
    expect(states.filter(isUsable)).toHaveLength(MAX_LIVE_KEYS);
    expect(states.slice(-MAX_LIVE_KEYS).every(isUsable)).toBe(true);
    expect(states.at(-1)).toBe("active");
    const ended = await listEvents(actions.db, { limit: 100 }, { action: "key.overlap-ended" });
    expect(ended.items).toHaveLength(31 - MAX_LIVE_KEYS);
    expect(ended.items[0]?.details).toMatchObject({ mostLiveKeys: String(MAX_LIVE_KEYS) });
  });

  it("ends no overlap of a few rotations", async () => {
    expect(await rotateTimes(MAX_LIVE_KEYS - 1)).toEqual([...Array(MAX_LIVE_KEYS - 1).fill("superseded"), "active"]);
  });

  it("is revoked with all of its successors at once, and with no other key", async () => {
    const states = await rotateTimes(2 * MARKED_AT_A_TIME);
    await revokeKey("key_0", { reason: "leaked" }, actions);
    expect(await revocationsRecorded()).toHaveLength(MARKED_AT_A_TIME);
    expect(await statesOf(holder.id)).toEqual({ revoked: states.length, active: KEYS - 1 });
    await finishBulkRevocations(actions);
    expect(await revocationsRecorded()).toHaveLength(states.length);
    expect(await statesOf(holder.id)).toEqual({ revoked: states.length, active: KEYS - 1 });
  });
});

describe("the scopes of a client", () => {
  it("are those of all its keys that are not revoked, from all of their lists", async () => {
    const lists = [["data:read"], ["data:read", "info:read"], [], ["keys:read"], ["secret:read"]];
    for (const [n, scopes] of lists.entries()) {
      const revokedAt = scopes[0] === "secret:read" ? NOON : null;
      await insertKey(actions.db, aKey({ id: `key_s${n}`, client: other, digest: `scopes ${n}`, scopes, revokedAt }));
    }
    expect([...(await scopesOfClient(actions.db, other.id))].toSorted()).toEqual([
      "data:read",
      "info:read",
      "keys:read",
    ]);
  });
});
