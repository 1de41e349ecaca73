// Compiles the sources into dist/, with the packages that a consumer does not install (docs/decisions/0045) beside them.
import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeInnerTypes } from "./inner-types.ts";
import { DIST, ROOT } from "./places.ts";
import { vendor } from "./vendor.ts";

rmSync(DIST, { recursive: true, force: true });
const compiler = join(ROOT, "node_modules/@typescript/native/bin/tsc");
execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { cwd: ROOT, stdio: "inherit" });
cpSync(join(ROOT, "src/http/pages/assets"), join(DIST, "http/pages/assets"), { recursive: true });
for (const file of ["import.mjs", "require.cjs"]) cpSync(join(ROOT, "packages/latchkey", file), join(DIST, file));
cpSync(join(ROOT, "src/cli/needed-node.cjs"), join(DIST, "cli/needed-node.cjs"));
removeInnerTypes(DIST, "middleware.d.ts");
await vendor(DIST);
