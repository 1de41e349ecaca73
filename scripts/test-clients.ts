// Tests generated clients against the service: npm run test:clients [-- --only go [--only rust]]
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SUITE = ".clients.ts";

const languages = readdirSync(`${ROOT}test/clients`)
  .filter((file) => file.endsWith(SUITE))
  .map((file) => file.slice(0, -SUITE.length));
const { values, positionals } = parseArgs({
  options: { only: { type: "string", multiple: true, default: [] } },
  allowPositionals: true,
});
const wanted = [...values.only, ...positionals];
const unknown = wanted.filter((name) => !languages.includes(name));
if (unknown.length > 0) {
  console.error(`unknown client ${unknown.join(", ")}: use some of ${languages.join(", ")}`);
  process.exit(2);
}
const suites = (wanted.length > 0 ? wanted : languages).map((name) => `<rootDir>/test/clients/${name}${SUITE}`);
const words = [...suites.flatMap((suite) => ["--testMatch", suite]), "--runInBand"];
const { status } = spawnSync("npm", ["test", "--", ...words], { cwd: ROOT, stdio: "inherit" });
process.exit(status ?? 1);
