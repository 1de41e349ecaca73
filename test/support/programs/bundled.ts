import { join } from "node:path";
import { build } from "esbuild";

const ENTRY = join(import.meta.dirname, "../../../packages/client/src/client.ts");

/** Our own client as one minified module, but for what is `external`. */
export async function bundleClient(external: string[] = []): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    external,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild made nothing.");
  return file.contents;
}
