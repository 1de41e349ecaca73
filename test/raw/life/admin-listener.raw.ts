import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { startLatchkey } from "../../support/process/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();

describe.each([
  ["one process", "1"],
  ["a cluster", "2"],
])("the listener for administration of %s", (_, workers) => {
  it("serves metrics and administration, and ends with the service", async () => {
    const child = startLatchkey(["serve"], {
      PORT: "0",
      DATABASE_URL: `sqlite:${join(folder, `${workers}.db`)}`,
      LATCHKEY_METRICS: "open",
      LATCHKEY_WORKERS: workers,
      LATCHKEY_ADMIN_LISTEN: "127.0.0.1:0",
    });
    const [, url = "", adminUrl = ""] = await child.out.until(/"url":"([^"]+)".*"adminUrl":"([^"]+)"/);
    const statusOf = async (base: string, path: string) => (await fetch(`${base}${path}`)).status;
    for (let count = 0; count < 4; count++) {
      expect(await statusOf(adminUrl, "/metrics")).toBe(200);
      expect(await statusOf(adminUrl, "/v1/keys")).toBe(401);
      expect(await statusOf(adminUrl, "/data")).toBe(404);
      expect(await statusOf(url, "/metrics")).toBe(404);
      expect(await statusOf(url, "/v1/keys")).toBe(404);
      expect(await statusOf(url, "/data")).toBe(401);
    }
    child.process.kill("SIGTERM");
    expect(await child.ended).toMatchObject({ code: 0 });
    await expect(fetch(`${adminUrl}/metrics`)).rejects.toThrow();
  });
});
