// Runs every check that a change must pass. Prints one line per check, and the output of those that fail.
import { spawnSync } from "node:child_process";

const CHECKS = ["types", "lint", "commits", "contract", "generated", "tests"];

let failed = 0;
for (const name of CHECKS) {
  const startedAt = performance.now();
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", `check:${name}`], {
    encoding: "utf8",
    env: { ...process.env, REDOCLY_TELEMETRY: "off" },
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok    " : "FAILED"}  ${name} (${seconds} s)`);
  if (status !== 0) {
    failed++;
    console.log(`${stdout}${stderr}`);
  }
}
process.exitCode = failed > 0 ? 1 : 0;
