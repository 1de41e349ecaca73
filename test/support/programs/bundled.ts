import { join } from "node:path";
import { build } from "esbuild";

const ENTRY = join(import.meta.dirname, "../../../packages/client/src/client.ts");

/** The TypeScript client as one minified module, without the modules in `external`. */
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
  if (file === undefined) throw new Error("esbuild produced no output.");
  return file.contents;
}
