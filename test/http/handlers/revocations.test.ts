import { describe, expect, it } from "@jest/globals";
import { MARKED_AT_A_TIME } from "../../../src/admin/keys/revoke-in-bulk.ts";
import { anAdmin } from "../../support/admin.ts";
import { aService } from "../../support/service.ts";

const service = aService();
const { get, post } = anAdmin(service);

describe("a client with more keys than are marked in one transaction", () => {
  it("loses all of them from the response on, and each gets its event in the end", async () => {
    const issued = [];
    for (let n = 0; n < MARKED_AT_A_TIME + 10; n++) issued.push(await service.issue());
    const last = issued.at(-1);
    expect((await get("/data", last?.secret)).status).toBe(200);
    await post("/v1/clients/acme/revoke-keys").expect(200);
    expect((await get("/data", last?.secret)).body.code).toBe("key-revoked");
    // The service carries it out by itself.
    for (let events: readonly unknown[] = []; events.length === 0; ) {
      events = (await get(`/v1/audit-events?action=key.revoked&keyId=${last?.key.id}`)).body.items;
    }
  });
});
