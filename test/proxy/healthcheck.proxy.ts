import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { startChild } from "../support/process/child.ts";
import { aFreePort } from "../support/process/ports.ts";
import { makeCertificate } from "../support/programs/certificate.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONTAINERFILE = readFileSync(join(import.meta.dirname, "../../docs/deploy/Containerfile"), "utf8");
const COMMAND: readonly string[] = JSON.parse(/^HEALTHCHECK .* CMD (\[.*\])$/m.exec(CONTAINERFILE)?.[1] ?? "[]");

const { certPath, keyPath } = makeCertificate(temporaryFolder());
const TLS = { LATCHKEY_TLS_CERT: certPath, LATCHKEY_TLS_KEY: keyPath };
const plain = aService();
const secure = aService(TLS);

const check = async (port: number, settings = {}) =>
  (await startChild([process.execPath, ...COMMAND.slice(1)], { PORT: String(port), ...settings }).ended).code;

describe("the health check of the documented image", () => {
  it("succeeds when the service responds, in clear text or over TLS", async () => {
    expect(COMMAND[0]).toBe("node");
    expect(await check(plain.port)).toBe(0);
    expect(await check(secure.port, TLS)).toBe(0);
  });

  it("fails when nothing responds, or another program", async () => {
    expect(await check(await aFreePort())).toBe(1);
    expect(await check(secure.port)).toBe(1);
  });
});
