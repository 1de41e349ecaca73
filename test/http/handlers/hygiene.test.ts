import { beforeAll, describe, expect, it } from "@jest/globals";
import { addUsage } from "../../../src/store/usage/add-usage.ts";
import { anAdmin } from "../../support/admin.ts";
import { DAY_MS } from "../../support/builders.ts";
import { expectDeclared } from "../../support/model/declared.ts";
import { aService } from "../../support/service.ts";

const service = aService();
const { get, patch } = anAdmin(service);
const ids: Record<string, string> = {};

beforeAll(async () => {
  const { db } = service.running.actions;
  const now = Date.now();
  const aKey = async (name: string, wanted: object, ageDays = 1) => {
    const { key } = await service.issue({ client: "cleaner", name, expiresAt: now + 200 * DAY_MS, ...wanted });
    await db.updateTable("keys").set({ expires_at: key.expiresAt }).where("id", "=", key.id).execute();
    // No action changes when a key was created, but here it has to be a while ago.
    const { sql } = await import("kysely");
    await sql`update keys set created_at = ${now - ageDays * DAY_MS} where id = ${key.id}`.execute(db);
    ids[name] = key.id;
    return key.id;
  };
  const use = (keyId: string, operation: string, daysAgo: number) => ({
    keyId,
    operation,
    network: "192.0.2.1",
    at: now - daysAgo * DAY_MS,
    requests: 1,
  });
  await aKey("fine", {});
  await aKey("endless", { expiresAt: null });
  await aKey("ending", { expiresAt: now + 13 * DAY_MS });
  await aKey("unused", {}, 91);
  const idle = await aKey("idle", {}, 200);
  const broad = await aKey("broad", { scopes: ["data:read", "info:read"] });
  const keyUses = [use(idle, "getData", 95), use(broad, "getData", 1)];
  await addUsage(db, { rows: [], keyUses, latencies: [] });
});

describe("GET /v1/keys/hygiene", () => {
  it("lists the keys that need attention, each with a fix, and no others", async () => {
    const answer = await get("/v1/keys/hygiene?clientId=cleaner&limit=100");
    expectDeclared("listKeyHygiene", answer);
    const found = answer.body.items.map(
      ({ key, findings }: { key: { name: string }; findings: { kind: string }[] }) => [
        key.name,
        findings.map(({ kind }) => kind),
      ],
    );
    expect(found).toEqual([
      ["broad", ["unused-scopes"]],
      ["idle", ["idle"]],
      ["unused", ["idle"]],
      ["ending", ["expiring"]],
      ["endless", ["never-expires"]],
    ]);
    const findings = answer.body.items.flatMap(({ findings }: { findings: object[] }) => findings);
    expect(findings).toMatchObject([
      { detail: "It never needed info:read.", command: `latchkey keys update ${ids["broad"]} --scope data:read` },
      { detail: expect.stringMatching(/^It was last used at/), command: `latchkey keys disable ${ids["idle"]}` },
      { detail: "It was never used." },
      { detail: expect.stringMatching(/^It expires at/), command: `latchkey keys rotate ${ids["ending"]}` },
      { command: `latchkey keys update ${ids["endless"]} --expires 90d` },
    ]);
  });

  it("finds clients without a plan, page by page", async () => {
    await patch("/v1/clients/cleaner", { plan: null }).expect(200);
    const first = await get("/v1/keys/hygiene?clientId=cleaner&limit=4");
    expect(first.body.items).toHaveLength(4);
    const second = await get(`/v1/keys/hygiene?clientId=cleaner&limit=4&cursor=${first.body.nextCursor}`);
    expect(second.body.items).toHaveLength(2);
    expect(second.body.items[1]).toMatchObject({ key: { name: "fine" }, findings: [{ kind: "no-plan" }] });
    expect((await get("/v1/keys/hygiene?clientId=nobody")).status).toBe(400);
    expect((await get("/v1/keys/hygiene?cursor=x")).status).toBe(400);
  });
});
