import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { bundleClient } from "../support/programs/bundled.ts";

const KB = 1_000;
const sizeOf = async (external: string[]) => gzipSync(await bundleClient(external), { level: 9 }).length;

describe("the client, minified and compressed,", () => {
  it("is small", async () => {
    expect(await sizeOf(["openapi-fetch"])).toBeLessThan(5 * KB);
  });

  it("is not much larger with openapi-fetch", async () => {
    expect(await sizeOf([])).toBeLessThan(6 * KB);
  });

  it("needs nothing that only Node has", async () => {
    const text = new TextDecoder().decode(await bundleClient());
    expect(text).not.toMatch(/\bimport\b|\brequire\(|node:|Buffer/);
  });
});
