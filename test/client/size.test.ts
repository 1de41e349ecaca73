import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { build } from "esbuild";

const ENTRY = join(import.meta.dirname, "../../src/client/client.ts");
const KB = 1_000;

/** Minified and compressed, in bytes. */
async function sizeOf(external: string[]): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    external,
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
}

describe("the client, minified and compressed,", () => {
  it("is small", async () => {
    expect(await sizeOf(["openapi-fetch"])).toBeLessThan(5 * KB);
  });

  it("is not much larger with openapi-fetch", async () => {
    expect(await sizeOf([])).toBeLessThan(6 * KB);
  });
});
