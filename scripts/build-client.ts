// Makes the client's package: each file compiled, and all of them with openapi-fetch as one, for pages without a bundler.
import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const PACKAGE = `${ROOT}dist-client/`;

rmSync(PACKAGE, { recursive: true, force: true });
const compiler = `${ROOT}node_modules/@typescript/native/bin/tsc`;
execFileSync(process.execPath, [compiler, "-p", "tsconfig.client.json"], { cwd: ROOT, stdio: "inherit" });
await build({
  entryPoints: [`${PACKAGE}client/client.js`],
  outfile: `${PACKAGE}client.min.js`,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  banner: { js: "/*! with openapi-fetch, (c) 2023 Drew Powers, MIT */" },
});
for (const file of ["package.json", "README.md"]) cpSync(`${ROOT}src/client/${file}`, `${PACKAGE}${file}`);
cpSync(`${ROOT}LICENSE`, `${PACKAGE}LICENSE`);
