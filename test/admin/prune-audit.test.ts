import { describe, expect, it } from "@jest/globals";
import { registerClient } from "../../src/admin/clients/register-client.ts";
import { PRUNED_AT_A_TIME, pruneAudit } from "../../src/admin/prune-audit.ts";
import { newId } from "../../src/keys/generate.ts";
import { appendEvent } from "../../src/store/audit/audit.ts";
import { verifyChain } from "../../src/store/audit/verify.ts";
import { transact } from "../../src/store/database/transact.ts";
import { DAY_MS, NOON, someActions } from "../support/builders.ts";

const OLD = 2 * PRUNED_AT_A_TIME + 100;

describe("a pruning of many audit events", () => {
  it("is done in parts, each of which leaves a log that verifies, and others get the lock in between", async () => {
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
    const reached = await pruneAudit(NOON - DAY_MS, actions, pause);
    expect(reached?.count).toBe(OLD);
    expect(verdicts).toEqual([PRUNED_AT_A_TIME, 2 * PRUNED_AT_A_TIME, OLD]);
    expect(await pruneAudit(NOON - DAY_MS, actions, pause)).toBeUndefined();
    await db.destroy();
  });

  it("ends, even if the clock is set back while it is under way", async () => {
    const actions = await someActions();
    await registerClient({ name: "acme" }, actions);
    actions.clock.moveTo(NOON - DAY_MS);
    const reached = await pruneAudit(NOON + 1, actions, async () => {});
    expect(reached?.count).toBe(1);
    await actions.db.destroy();
  });
});
