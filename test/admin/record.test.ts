import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import {
  type ActionDeps,
  OPERATOR_AUTHORITY,
  operatorPrincipal,
  type Principal,
  within,
} from "../../src/admin/actions.ts";
import { disableClient, enableClient } from "../../src/admin/clients/disable-client.ts";
import { registerClient } from "../../src/admin/clients/register-client.ts";
import { createInitialKeys } from "../../src/admin/keys/create-initial-keys.ts";
import { disableKey, enableKey } from "../../src/admin/keys/disable-key.ts";
import { issueKey } from "../../src/admin/keys/issue-key.ts";
import { revokeKey } from "../../src/admin/keys/revoke-key.ts";
import { createLeakReport } from "../../src/admin/keys/revoke-leaked.ts";
import { rotateKey } from "../../src/admin/keys/rotate-key.ts";
import { performAction } from "../../src/admin/perform-action.ts";
import { pruneAudit } from "../../src/admin/prune-audit.ts";
import { type Recorded, record } from "../../src/admin/record.ts";
import { toTimestamp } from "../../src/lib/time/clock.ts";
import { listEvents } from "../../src/store/audit/list-events.ts";
import { verifyChain } from "../../src/store/audit/verify.ts";
import { findClient } from "../../src/store/clients.ts";
import { transact } from "../../src/store/database/transact.ts";
import { findKey } from "../../src/store/keys.ts";
import { listClients } from "../../src/store/list-clients.ts";
import { listKeys } from "../../src/store/list-keys.ts";
import { DAY_MS, type HeldClock, NOON, someActions, UNKNOWN_SECRET } from "../support/builders.ts";
import { aNewKey } from "../support/new-key.ts";

let actions: ActionDeps & { readonly clock: HeldClock };

beforeEach(async () => {
  actions = await someActions();
});
afterEach(() => actions.db.destroy());

const events = async () => (await listEvents(actions.db, { limit: 100 })).items;

/** The events that `action` leaves, oldest first. */
async function eventsOf(action: () => Promise<unknown>) {
  const before = (await events()).length;
  await action();
  const after = await events();
  return after.slice(0, after.length - before).toReversed();
}

async function aClientAndKey() {
  const registered = await registerClient({ name: "acme" }, actions);
  const issued = await issueKey(aNewKey(), OPERATOR_AUTHORITY, actions);
  if (registered.kind !== "registered" || issued.kind !== "issued") throw new Error("Nothing was set up.");
  return { client: registered.client, key: issued.key, secret: issued.secret };
}

const BY_TESTER = { actor: { kind: "operator", keyId: null, clientId: null }, address: null, requestId: null };

describe("an action is recorded", () => {
  it("when a client is registered", async () => {
    const recorded = await eventsOf(() => registerClient({ name: "acme", metadata: { token: "hush" } }, actions));
    const target = { kind: "client", id: (await findClient(actions.db, "acme"))?.id };
    const details = { osUser: "tester", name: "acme" };
    expect(recorded).toMatchObject([{ ...BY_TESTER, action: "client.registered", at: NOON, target, details }]);
    expect(recorded[0]?.details).toEqual(details);
  });

  it("when a key is issued, with what it may do and without its secret", async () => {
    await registerClient({ name: "acme" }, actions);
    const wish = aNewKey({
      expiresAt: NOON + DAY_MS,
      allowedIps: ["203.0.113.0/24"],
      scopes: ["data:read", "info:read"],
    });
    const recorded = await eventsOf(() => issueKey(wish, OPERATOR_AUTHORITY, actions));
    const [key] = (await listKeys(actions.db, { limit: 1 })).items;
    expect(recorded).toMatchObject([{ action: "key.issued", target: { kind: "key", id: key?.id } }]);
    expect(recorded[0]?.details).toEqual({
      osUser: "tester",
      client: "acme",
      name: "nightly import",
      environment: "live",
      scopes: "data:read,info:read",
      expiresAt: toTimestamp(NOON + DAY_MS),
      allowedIps: "203.0.113.0/24",
    });
  });

  it("when a key is revoked, with the reason", async () => {
    const { key } = await aClientAndKey();
    const recorded = await eventsOf(() => revokeKey(key.id, { reason: "leaked" }, actions));
    expect(recorded).toMatchObject([{ action: "key.revoked", target: { kind: "key", id: key.id } }]);
    expect(recorded[0]?.details).toEqual({ osUser: "tester", reason: "leaked" });
  });

  it("when a key is rotated, disabled and enabled, with its successor", async () => {
    const { key } = await aClientAndKey();
    const recorded = await eventsOf(async () => {
      await disableKey(key.id, actions);
      await enableKey(key.id, OPERATOR_AUTHORITY, actions);
      await rotateKey(key.id, { seconds: 60, endWhenSilentSeconds: null }, OPERATOR_AUTHORITY, actions);
    });
    const successor = (await findKey(actions.db, key.id))?.successorId;
    const target = { kind: "key", id: key.id };
    expect(recorded).toMatchObject([
      { action: "key.disabled", target },
      { action: "key.enabled", target },
      { action: "key.rotated", target, details: { successor, overlapEndsAt: toTimestamp(NOON + 60_000) } },
    ]);
  });

  it("when a client is disabled and enabled", async () => {
    const { client } = await aClientAndKey();
    const recorded = await eventsOf(async () => {
      await disableClient("acme", actions);
      await enableClient("acme", OPERATOR_AUTHORITY, actions);
    });
    const target = { kind: "client", id: client.id };
    expect(recorded).toMatchObject([
      { action: "client.disabled", target },
      { action: "client.enabled", target },
    ]);
  });

  it("when the first keys are created", async () => {
    const recorded = await eventsOf(() => createInitialKeys(["live", "test"], actions));
    const expected = ["client.registered", "key.issued", "client.registered", "key.issued"];
    expect(recorded.map(({ action }) => action)).toEqual(expected);
  });

  it("when a key came in clear text, as the system's, with whom it came from", async () => {
    const { key, secret } = await aClientAndKey();
    const recorded = await eventsOf(async () => {
      const revoked = new Promise((resolve, reject) => {
        const log = { warn: resolve, error: reject } as never;
        createLeakReport(actions, log)(secret, "203.0.113.7", "req_aaaaaaaaaaaaaaaaaaaa");
      });
      await revoked;
    });
    expect(recorded).toMatchObject([
      {
        action: "key.revoked",
        actor: { kind: "system", keyId: null, clientId: null },
        target: { kind: "key", id: key.id },
        address: "203.0.113.7",
        requestId: "req_aaaaaaaaaaaaaaaaaaaa",
      },
    ]);
    expect(recorded[0]?.details).toEqual({ reason: "came in clear text" });
  });

  it("when the log is pruned, with how far and how much", async () => {
    await aClientAndKey();
    const head = (await events())[0]?.hash;
    actions.clock.moveTo(NOON + DAY_MS);
    await pruneAudit(NOON + 1, actions);
    expect(await events()).toMatchObject([
      {
        action: "audit.pruned",
        target: { kind: "audit", id: head },
        details: { before: toTimestamp(NOON + 1), pruned: "2" },
        previousHash: head,
      },
    ]);
    expect(await verifyChain(actions.db, head)).toMatchObject({ kind: "intact", count: 3 });
    expect(await eventsOf(() => pruneAudit(NOON, actions))).toEqual([]);
  });
});

describe("an action that does not happen", () => {
  it("because nothing changes leaves no event", async () => {
    const { key } = await aClientAndKey();
    const twice = async (action: () => Promise<unknown>) => {
      await action();
      return eventsOf(action);
    };
    expect(await twice(() => registerClient({ name: "acme" }, actions))).toEqual([]);
    expect(await twice(() => disableKey(key.id, actions))).toEqual([]);
    expect(await twice(() => enableKey(key.id, OPERATOR_AUTHORITY, actions))).toEqual([]);
    expect(await twice(() => disableClient("acme", actions))).toEqual([]);
    expect(await twice(() => enableClient("acme", OPERATOR_AUTHORITY, actions))).toEqual([]);
    expect(await twice(() => revokeKey(key.id, { reason: "leaked" }, actions))).toEqual([]);
    expect(
      await twice(() => rotateKey(key.id, { seconds: 60, endWhenSilentSeconds: null }, OPERATOR_AUTHORITY, actions)),
    ).toEqual([]);
    expect(await eventsOf(() => revokeKey("key_of_nobody", { reason: null }, actions))).toEqual([]);
  });

  it("because it was refused leaves no event", async () => {
    await aClientAndKey();
    const wishes = [
      { client: "unknown" },
      { scopes: ["data:write"] },
      { expiresAt: NOON },
      { allowedIps: ["nowhere"] },
    ];
    for (const wish of wishes)
      expect(await eventsOf(() => issueKey(aNewKey(wish), OPERATOR_AUTHORITY, actions))).toEqual([]);
    const powerless = { kind: "key", scopes: [], expiresAt: null, allowedIps: [] } as const;
    expect(await eventsOf(() => issueKey(aNewKey({ scopes: ["keys:read"] }), powerless, actions))).toEqual([]);
  });

  it("because its transaction was rolled back leaves no event", async () => {
    const { key } = await aClientAndKey();
    const half = () =>
      transact(actions.db, async (tx) => {
        const inside = within(actions, tx);
        await registerClient({ name: "half" }, inside);
        await revokeKey(key.id, { reason: null }, inside);
        throw new Error("changed my mind");
      }).catch(() => {});
    expect(await eventsOf(half)).toEqual([]);
    expect(await verifyChain(actions.db)).toMatchObject({ kind: "intact", count: 2 });
  });

  it("because its event cannot be written changes nothing", async () => {
    const { key, client } = await aClientAndKey();
    const state = async () => [await listKeys(actions.db, { limit: 9 }), await listClients(actions.db, { limit: 9 })];
    await sql`create trigger full before insert on audit_events begin select raise(abort, 'no room'); end`.execute(
      actions.db,
    );
    const before = await state();
    for (const action of [
      () => registerClient({ name: "globex" }, actions),
      () => issueKey(aNewKey(), OPERATOR_AUTHORITY, actions),
      () => rotateKey(key.id, { seconds: 60, endWhenSilentSeconds: null }, OPERATOR_AUTHORITY, actions),
      () => disableKey(key.id, actions),
      () => disableClient(client.id, actions),
      () => revokeKey(key.id, { reason: null }, actions),
    ]) {
      await expect(action()).rejects.toThrow("no room");
      expect(await state()).toEqual(before);
    }
    actions.clock.moveTo(NOON + DAY_MS);
    await expect(pruneAudit(NOON + 1, actions)).rejects.toThrow("no room");
    expect(await events()).toHaveLength(2);
  });
});

describe("what is recorded", () => {
  const recorded = async (differences: Partial<Recorded> = {}, principal: Partial<Principal> = {}) => {
    const action: Recorded = { action: "key.revoked", target: { kind: "key", id: "key_1" }, at: NOON, ...differences };
    await transact(actions.db, (tx) =>
      record(within({ ...actions, principal: { ...actions.principal, ...principal } }, tx), action),
    );
    const [event] = await events();
    return event;
  };

  it("never holds a key, also when an operator typed it", async () => {
    const event = await recorded({ details: { reason: `leaked: ${UNKNOWN_SECRET} and ${UNKNOWN_SECRET}!` } });
    expect(event?.details["reason"]).toBe("leaked: [redacted] and [redacted]!");
  });

  it("fits the contract, for any input", async () => {
    const event = await recorded({ details: { reason: `a\u0007\n${"😀".repeat(4000)}` } });
    const reason = event?.details["reason"] ?? "";
    expect(reason).toMatch(/^a {2}😀/u);
    expect(reason.length).toBeLessThanOrEqual(4000);
    expect(reason.isWellFormed()).toBe(true);
  });

  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8::7", "2001:db8::7"],
    [`fe80::7%${"x".repeat(100)}`, "fe80::7"],
    ["unknown", null],
    ["", null],
    [null, null],
  ])("names the address %p as %p", async (address, expected) => {
    expect((await recorded({}, { address }))?.address).toBe(expected);
  });

  it("names the operator, and has no name where a key or the system did it", async () => {
    expect((await recorded({}, operatorPrincipal("root")))?.details).toEqual({ osUser: "root" });
    const { key } = await aClientAndKey();
    const request = { key, requestId: "req_aaaaaaaaaaaaaaaaaaaa", address: "203.0.113.7" };
    await performAction(request, actions, (inside) => disableKey(key.id, inside));
    expect((await events())[0]?.details).toEqual({});
  });

  it("is part of a transaction, or not recorded at all", async () => {
    const action: Recorded = { action: "key.revoked", target: { kind: "key", id: "key_1" }, at: NOON };
    await expect(record(actions, action)).rejects.toThrow("inside its own transaction");
    expect(await events()).toEqual([]);
  });
});
