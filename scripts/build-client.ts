// Builds the client package: each file compiled, and one bundle with openapi-fetch for pages without a bundler.
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { readManifest } from "./package/places.ts";
import { publishedReadme, repositoryFields } from "./package/repository.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SOURCE = `${ROOT}packages/client/`;
const PACKAGE = `${ROOT}dist-client/`;

rmSync(PACKAGE, { recursive: true, force: true });
const compiler = `${ROOT}node_modules/@typescript/native/bin/tsc`;
execFileSync(process.execPath, [compiler, "-p", SOURCE], { cwd: ROOT, stdio: "inherit" });
flatten();
await build({
  entryPoints: [`${PACKAGE}client/client.js`],
  outfile: `${PACKAGE}client.min.js`,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  banner: { js: "/*! with openapi-fetch, (c) 2023 Drew Powers, MIT */" },
});
cpSync(`${ROOT}LICENSE`, `${PACKAGE}LICENSE`);
// Only here: nothing publishes the folder of the sources by mistake.
const { private: _, ...manifest } = readManifest(SOURCE);
const published = { ...manifest, ...repositoryFields("packages/client") };
writeFileSync(`${PACKAGE}package.json`, `${JSON.stringify(published, null, 2)}\n`);
const readme = readFileSync(`${SOURCE}README.md`, "utf8");
writeFileSync(`${PACKAGE}README.md`, publishedReadme(readme, manifest.version));

/**
 * The compiler keeps the paths of the repository. In the package, the client and the contract's types are side by side.
 */
function flatten() {
  renameSync(`${PACKAGE}packages/client/src`, `${PACKAGE}client`);
  renameSync(`${PACKAGE}src/contract`, `${PACKAGE}contract`);
  for (const folder of ["packages", "src"]) rmSync(`${PACKAGE}${folder}`, { recursive: true });
  for (const name of readdirSync(`${PACKAGE}client`)) {
    const path = `${PACKAGE}client/${name}`;
    writeFileSync(path, readFileSync(path, "utf8").replaceAll('"../../../src/contract/', '"../contract/'));
  }
}
