import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { blocksOf } from "../support/pages/page.ts";
import { LATCHKEY, startChild } from "../support/process/child.ts";
import { aFreePort, isOpen } from "../support/process/ports.ts";
import { temporaryFolder } from "../support/temporary.ts";

const [startShop = "", init = "", calls = ""] = blocksOf("gateway.md", "sh");
const folder = temporaryFolder();

describe("the page about the gateway", () => {
  const ports = { shop: 0, service: 0 };
  let key = "";

  /** A text of the page with the ports of this test. */
  const adapted = (text: string) =>
    text
      .replaceAll("--port 8000", `--port ${ports.shop}`)
      .replaceAll("127.0.0.1:8000", `127.0.0.1:${ports.shop}`)
      .replaceAll("127.0.0.1:8080", `127.0.0.1:${ports.service}`);

  const bash = (text: string, environment: Readonly<Record<string, string>> = {}) =>
    startChild(
      ["/bin/bash", "-ec", adapted(text)],
      { HOME: folder, PORT: String(ports.service), ...environment },
      folder,
    );

  beforeAll(async () => {
    ports.shop = await aFreePort();
    ports.service = await aFreePort();
    // The program replaces its shell, so that it ends with it.
    const shop = bash(startShop.replace(/^\.venv\/bin\/uvicorn/m, "exec .venv/bin/uvicorn"));
    while (!(await isOpen(ports.shop))) {
      if (shop.process.exitCode !== null) throw new Error(`It did not start:\n${shop.out.text()}${shop.err.text()}`);
      await wait(50);
    }
    const [install, command = ""] = init.trim().split("\n");
    expect(install).toBe("npm ci");
    mkdirSync(join(folder, "data"), { recursive: true });
    const service = bash(`exec ${command.replace("npm run -s latchkey --", LATCHKEY.join(" "))}`);
    [, key = ""] = await service.out.until(/curl -H 'x-api-key: (lk_test_\w+)'/);
    await service.out.until(/Try the API in a browser/);
  });

  it("leads from an empty folder to a FastAPI program behind keys", async () => {
    const commands = calls.replace("lk_test_…", key).replaceAll("\ncurl", "\necho; curl");
    const { code, out } = await bash(commands).ended;
    const [missing = "", list = "", created = "", invalid = ""] = out.trim().split("\n");
    expect(code).toBe(0);
    expect(JSON.parse(missing)).toMatchObject({ status: 401, code: "key-missing" });
    expect(JSON.parse(list)).toEqual([{ item: "tea", count: 2 }]);
    expect(JSON.parse(created)).toEqual({ item: "coffee", count: 1 });
    expect(JSON.parse(invalid)).toMatchObject({
      status: 400,
      code: "request-invalid",
      errors: [{ pointer: "#/count" }],
    });
  });
});
