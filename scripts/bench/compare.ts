// Compares Latchkey with other servers, each on one core, as ratios to a bare node:http server in the same run:
//   npm run bench [-- --rounds 5 --seconds 3 --only 'keyed GET' --json results.json]
// docs/benchmarks.md has the tables of a run and explains them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PEERS } from "./compare/contenders.ts";
import { prepareKeys } from "./compare/keys.ts";
import { CONNECTIONS, findGenerator, placing } from "./compare/load.ts";
import { compareAll, type Row } from "./compare/rounds.ts";
import { toTable } from "./compare/table.ts";
import { TABLES } from "./compare/tables.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    only: { type: "string", multiple: true },
    json: { type: "string" },
  },
});
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
if (!(rounds >= 1 && seconds >= 1)) throw new Error("--rounds and --seconds are numbers from 1.");
const tables = TABLES.filter(({ title }) => values.only === undefined || values.only.includes(title));
if (tables.length === 0) throw new Error(`--only is one of: ${TABLES.map(({ title }) => title).join(", ")}`);

if (!existsSync(join(PEERS, "node_modules"))) {
  console.error("The peers are being installed …");
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: PEERS,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`npm ci failed in ${PEERS}`);
}

const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
try {
  const generator = findGenerator(PEERS);
  const machine = `${cpus()[0]?.model ?? "unknown"} × ${cpus().length}, Node ${process.version}`;
  const way = `${generator.name}, ${CONNECTIONS} connections, ${placing()}, ${rounds} rounds of ${seconds} s`;
  console.log(`${machine}\n${way}`);
  const secrets = prepareKeys(folder);
  const results: Record<string, readonly Row[]> = {};
  for (const table of tables) {
    const rows = await compareAll(table, { folder, secrets, generator, rounds, seconds });
    results[table.title] = rows;
    console.log(`\n### ${table.title}\n\n${table.about}\n\n${toTable(rows)}`);
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ machine, way, results }, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
