import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { type ActionDeps, OPERATOR_AUTHORITY } from "../../../src/admin/actions.ts";
import { endIdleOverlaps } from "../../../src/admin/keys/end-idle-overlaps.ts";
import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import { rotateKey } from "../../../src/admin/keys/rotate-key.ts";
import { stateOf } from "../../../src/keys/lifecycle.ts";
import { findKey } from "../../../src/store/keys.ts";
import { writeUsage } from "../../../src/store/usage.ts";
import { anAdmin } from "../../support/admin.ts";
import { aService } from "../../support/service.ts";

const service = aService();
const { get, post } = anAdmin(service);
const HOUR_MS = 3_600_000;
let base: ActionDeps;
let start = 0;
beforeAll(() => {
  base = service.running.actions;
});
beforeEach(() => {
  start = Date.now();
});

const at = (hours: number): ActionDeps => ({ ...base, clock: { now: () => start + hours * HOUR_MS } });

async function rotated(endWhenSilentSeconds: number | null = 3_600) {
  const { key } = await service.issue();
  const overlap = { seconds: 24 * 3_600, endWhenSilentSeconds };
  const outcome = await rotateKey(key.id, overlap, OPERATOR_AUTHORITY, at(0));
  if (outcome.kind !== "rotated") throw new Error(outcome.kind);
  const stateAt = async (hours: number) => {
    await endIdleOverlaps(at(hours), start);
    const found = await findKey(base.db, key.id);
    return found && stateOf(found, start + hours * HOUR_MS);
  };
  const used = (hours: number) =>
    writeUsage(base.db, {
      rows: [],
      keyUses: [
        { keyId: key.id, operation: "getData", network: "192.0.2.1", at: start + hours * HOUR_MS, requests: 1 },
      ],
      latencies: [],
    });
  return { key, successor: outcome, stateAt, used };
}

const call = (presented: string) => request(service.url).get("/data").set("x-api-key", presented);
const watched = () => base.db.selectFrom("watched_rotations").selectAll().execute();

describe("the overlap of a watched rotation", () => {
  it("ends when the old key was silent for as long as was asked, which is written down", async () => {
    const { key, successor, stateAt } = await rotated();
    expect(await stateAt(0.99)).toBe("superseded");
    expect(await stateAt(1)).toBe("expired");
    const page = (await get(`/v1/audit-events?keyId=${key.id}&limit=1`)).body.items;
    expect(page).toMatchObject([
      { action: "key.overlap-ended", actor: { kind: "system" }, details: { silentSeconds: "3600" } },
    ]);
    expect(await watched()).toEqual([]);
    expect((await call(successor.secret)).status).toBe(200);
  });

  it("goes on while the old key is used, and ends so long after its last use", async () => {
    const { stateAt, used } = await rotated();
    await used(0.9);
    expect(await stateAt(1.89)).toBe("superseded");
    await used(1.89);
    expect(await stateAt(2.88)).toBe("superseded");
    expect(await stateAt(2.9)).toBe("expired");
  });

  it("is over for a running service from the next request on", async () => {
    // Seen before, so that the service has it in memory. A call in between would count as a use, a moment later.
    const { key, secret } = await service.issue();
    expect((await call(secret)).status).toBe(200);
    await rotateKey(key.id, { seconds: 24 * 3_600, endWhenSilentSeconds: 0 }, OPERATOR_AUTHORITY, at(0));
    // The service may have done so itself by now.
    await endIdleOverlaps(base, start);
    expect((await call(secret)).body).toMatchObject({ code: "key-expired" });
  });

  it("does not count time in which no service ran", async () => {
    const { key } = await rotated();
    await endIdleOverlaps(at(5), start + 4.5 * HOUR_MS);
    expect((await watched()).map(({ key_id }) => key_id)).toContain(key.id);
    await endIdleOverlaps(at(5.5), start + 4.5 * HOUR_MS);
    expect(await watched()).toEqual([]);
  });

  it("is as long as it was without the wish", async () => {
    const { stateAt } = await rotated(null);
    expect(await stateAt(23.9)).toBe("superseded");
  });

  it("is forgotten when it has ended by itself, or the key was revoked", async () => {
    const events = async () => (await get("/v1/audit-events?action=key.overlap-ended&limit=100")).body.items.length;
    const before = await events();
    const revoked = await rotated();
    await revokeKey(revoked.key.id, { reason: null, keepSuccessors: true }, at(0.1));
    expect(await revoked.stateAt(2)).toBe("revoked");
    const ended = await rotated();
    expect(await ended.stateAt(25)).toBe("expired");
    expect(await watched()).toEqual([]);
    expect(await events()).toBe(before);
  });

  it("is asked for over HTTP, from a minute on", async () => {
    const { key } = await service.issue();
    expect((await post(`/v1/keys/${key.id}/rotate`, { endWhenSilentSeconds: 59 })).status).toBe(400);
    expect((await post(`/v1/keys/${key.id}/rotate`, { endWhenSilentSeconds: 60 })).status).toBe(201);
    expect(await watched()).toMatchObject([{ key_id: key.id, silent_seconds: 60 }]);
  });
});
