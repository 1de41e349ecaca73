import { describe, expect, it } from "@jest/globals";
import { registerClient } from "../../src/admin/clients/register-client.ts";
import { pruneAudit } from "../../src/admin/prune-audit.ts";
import { newId } from "../../src/keys/generate.ts";
import { appendEvent } from "../../src/store/audit/audit.ts";
import { verifyChain } from "../../src/store/audit/verify.ts";
import { transact } from "../../src/store/database/transact.ts";
import { DAY_MS, NOON, someActions } from "../support/builders.ts";

const MOST = 50;
const OLD = 2 * MOST + 10;

describe("a pruning of many audit events", () => {
  it("is done in parts, each of which leaves a log that verifies, and other actions get the lock in between", async () => {
    const actions = await someActions();
    const { db, random } = actions;
    await transact(db, async (tx) => {
      for (let n = 0; n < OLD; n++) {
        await appendEvent(tx, {
          id: newId("event", random),
          at: NOON - 2 * DAY_MS,
          action: "key.issued",
          actor: { kind: "system", keyId: null, clientId: null },
          target: { kind: "key", id: `key_${n}` },
          address: null,
          requestId: null,
          details: {},
        });
      }
    });
    const verdicts: unknown[] = [];
    const pause = async () => {
      await registerClient({ name: `acme ${verdicts.length}` }, actions);
      const verdict = await verifyChain(db);
      verdicts.push(verdict.kind === "intact" ? verdict.checkpoint?.count : verdict);
    };
    const reached = await pruneAudit(NOON - DAY_MS, actions, { most: MOST, pause });
    expect(reached?.count).toBe(OLD);
    expect(verdicts).toEqual([MOST, 2 * MOST, OLD]);
    expect(await pruneAudit(NOON - DAY_MS, actions, { most: MOST, pause })).toBeUndefined();
    await db.destroy();
  });

  it("ends, even if the clock is set back during it", async () => {
    const actions = await someActions();
    await registerClient({ name: "acme" }, actions);
    actions.clock.moveTo(NOON - DAY_MS);
    const reached = await pruneAudit(NOON + 1, actions, { pause: async () => {} });
    expect(reached?.count).toBe(1);
    await actions.db.destroy();
  });
});
