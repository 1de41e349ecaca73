import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { type ActionDeps, OPERATOR_AUTHORITY } from "../../../src/admin/actions.ts";
import { registerClient } from "../../../src/admin/clients/register-client.ts";
import { endIdleOverlaps } from "../../../src/admin/keys/end-idle-overlaps.ts";
import { issueKey } from "../../../src/admin/keys/issue-key.ts";
import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import { rotateKey } from "../../../src/admin/keys/rotate-key.ts";
import { stateOf } from "../../../src/keys/lifecycle.ts";
import { listEvents } from "../../../src/store/audit/list-events.ts";
import type { Database } from "../../../src/store/database/schema.ts";
import { findKey } from "../../../src/store/keys.ts";
import { addUsage } from "../../../src/store/usage/add-usage.ts";
import { anAdmin } from "../../support/admin.ts";
import { type HeldClock, NOON, someActions } from "../../support/builders.ts";
import { aNewKey } from "../../support/new-key.ts";
import { aService } from "../../support/service.ts";

const HOUR_MS = 3_600_000;
const DAY_SECONDS = 24 * 3_600;

const watchedIn = (db: Database) => db.selectFrom("watched_rotations").selectAll().execute();

describe("the overlap of a watched rotation", () => {
  let actions: ActionDeps & { readonly clock: HeldClock };

  beforeEach(async () => {
    actions = await someActions();
    await registerClient({ name: "acme" }, actions);
  });
  afterEach(() => actions.db.destroy());

  const moveTo = (hours: number) => actions.clock.moveTo(NOON + hours * HOUR_MS);
  const eventsOf = async (keyId: string) =>
    (await listEvents(actions.db, { limit: 100 }, { keyId, action: "key.overlap-ended" })).items;

  /** A key that was rotated at noon, which is when the service started. */
  async function rotated(endWhenSilentSeconds: number | null = 3_600) {
    moveTo(0);
    const issued = await issueKey(aNewKey(), OPERATOR_AUTHORITY, actions);
    if (issued.kind !== "issued") throw new Error(issued.kind);
    const { id } = issued.key;
    const overlap = { seconds: DAY_SECONDS, endWhenSilentSeconds };
    const outcome = await rotateKey(id, overlap, OPERATOR_AUTHORITY, actions);
    if (outcome.kind !== "rotated") throw new Error(outcome.kind);

    const stateAt = async (keyId: string, hours: number) => {
      moveTo(hours);
      await endIdleOverlaps(actions, NOON);
      const key = await findKey(actions.db, keyId);
      return key && stateOf(key, actions.clock.now());
    };
    const used = (hours: number) => {
      const use = { keyId: id, operation: "getData", network: "192.0.2.1", at: NOON + hours * HOUR_MS, requests: 1 };
      return addUsage(actions.db, { rows: [], keyUses: [use], latencies: [] });
    };
    const successorAt = (hours: number) => stateAt(outcome.key.id, hours);
    return { id, stateAt: (hours: number) => stateAt(id, hours), successorAt, used };
  }

  it("ends when the old key was not used for as long as requested, which is recorded", async () => {
    const { id, stateAt, successorAt } = await rotated();
    expect(await stateAt(0.99)).toBe("superseded");
    expect(await stateAt(1)).toBe("expired");
    expect(await eventsOf(id)).toMatchObject([{ at: NOON + HOUR_MS, details: { silentSeconds: "3600" } }]);
    expect(await watchedIn(actions.db)).toEqual([]);
    expect(await successorAt(1)).toBe("active");
  });

  it("continues while the old key is used, and ends that long after its last use", async () => {
    const { stateAt, used } = await rotated();
    await used(0.9);
    expect(await stateAt(1.89)).toBe("superseded");
    await used(1.89);
    expect(await stateAt(2.88)).toBe("superseded");
    expect(await stateAt(2.9)).toBe("expired");
  });

  it("does not count time in which no service ran", async () => {
    const { id } = await rotated();
    moveTo(5);
    await endIdleOverlaps(actions, NOON + 4.5 * HOUR_MS);
    expect((await watchedIn(actions.db)).map(({ key_id }) => key_id)).toEqual([id]);
    moveTo(5.5);
    await endIdleOverlaps(actions, NOON + 4.5 * HOUR_MS);
    expect(await watchedIn(actions.db)).toEqual([]);
  });

  it("is not shortened without a request for it", async () => {
    const { stateAt } = await rotated(null);
    expect(await stateAt(23.9)).toBe("superseded");
  });

  it("is forgotten when it has ended by itself, or the key was revoked", async () => {
    const revoked = await rotated();
    moveTo(0.1);
    await revokeKey(revoked.id, { reason: null, keepSuccessors: true }, actions);
    expect(await revoked.stateAt(2)).toBe("revoked");
    const ended = await rotated();
    expect(await ended.stateAt(25)).toBe("expired");
    expect(await watchedIn(actions.db)).toEqual([]);
    expect([...(await eventsOf(revoked.id)), ...(await eventsOf(ended.id))]).toEqual([]);
  });
});

describe("the overlap of a watched rotation in a running service", () => {
  const service = aService();
  const { get, post } = anAdmin(service);
  const call = (presented: string) => request(service.url).get("/data").set("x-api-key", presented);

  it("is over from the next request on, as the system's action", async () => {
    const { actions } = service.running;
    const { key, secret } = await service.issue();
    // So that the service has it in memory.
    expect((await call(secret)).status).toBe(200);
    const overlap = { seconds: DAY_SECONDS, endWhenSilentSeconds: 0 };
    const outcome = await rotateKey(key.id, overlap, OPERATOR_AUTHORITY, actions);
    if (outcome.kind !== "rotated") throw new Error(outcome.kind);
    // The service may have ended it by itself already.
    await endIdleOverlaps(actions, 0);
    expect((await call(secret)).body).toMatchObject({ code: "key-expired" });
    expect((await call(outcome.secret)).status).toBe(200);
    const { items } = (await get(`/v1/audit-events?keyId=${key.id}&limit=1`)).body;
    expect(items).toMatchObject([
      { action: "key.overlap-ended", actor: { kind: "system" }, details: { silentSeconds: "0" } },
    ]);
  });

  it("is requested over HTTP, from a minute on", async () => {
    const { key } = await service.issue();
    expect((await post(`/v1/keys/${key.id}/rotate`, { endWhenSilentSeconds: 59 })).status).toBe(400);
    expect((await post(`/v1/keys/${key.id}/rotate`, { endWhenSilentSeconds: 60 })).status).toBe(201);
    expect(await watchedIn(service.running.actions.db)).toMatchObject([{ key_id: key.id, silent_seconds: 60 }]);
  });
});
