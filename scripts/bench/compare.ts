// Compares Latchkey with other servers, each on one core, as ratios to a bare server that is measured directly before:
//   npm run bench [-- --rounds 5 --seconds 3 --only 'keyed GET' --json results.json]
//   npm run bench -- --figures [--quick] [--before results.json]    only what the goals need, and whether they are reached
// docs/benchmarks.md has the tables of a run and explains them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PEERS, ROOT } from "./compare/contenders.ts";
import { isInFigures, type Results, toOutcomes, toSummary } from "./compare/figures.ts";
import { prepareKeys } from "./compare/keys.ts";
import { CONNECTIONS, findGenerator, placing } from "./compare/load.ts";
import { compareAll, type Run } from "./compare/rounds.ts";
import { type Row, toTable } from "./compare/table.ts";
import { type LoadTable, type OwnTable, TABLES } from "./compare/tables.ts";

/** With `--quick`, of the tables that need longer rounds: too short for what the service does every ten seconds. */
const QUICK_LONG_SECONDS = 2;

const { values } = parseArgs({
  options: {
    rounds: { type: "string" },
    seconds: { type: "string" },
    only: { type: "string", multiple: true },
    figures: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    before: { type: "string" },
    json: { type: "string" },
  },
});
const [rounds, seconds] = [
  Number(values.rounds ?? (values.quick ? 3 : 5)),
  Number(values.seconds ?? (values.quick ? 1 : 3)),
];
if (!(rounds >= 1 && seconds >= 1)) throw new Error("--rounds and --seconds are numbers from 1.");
const tables = TABLES.filter(({ title }) => values.only?.includes(title) ?? true)
  .filter(({ title }) => !values.figures || isInFigures(title))
  .map((table) => (values.figures ? reduced(table) : table))
  .map((table) => (values.quick && "seconds" in table ? { ...table, seconds: QUICK_LONG_SECONDS } : table));
if (tables.length === 0) throw new Error(`--only is one of: ${TABLES.map(({ title }) => title).join(", ")}`);
const before: Results | undefined = values.before && JSON.parse(readFileSync(values.before, "utf8")).results;

installPeers();
const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
try {
  const run = { folder, secrets: prepareKeys(folder), generator: findGenerator(PEERS), rounds, seconds };
  const machine = `${cpus()[0]?.model ?? "unknown"} × ${cpus().length}, Node ${process.version}`;
  const way = `${run.generator.name}, ${CONNECTIONS} connections, ${placing()}, ${rounds} rounds of ${seconds} s`;
  console.log(`${machine}\n${way}\ncommit ${commit()}`);
  const results = await measureAll(run);
  if (values.figures) console.log(`\n### figures\n\n${toSummary(results, before)}`);
  const report = { machine, way, commit: commit(), results, figures: toOutcomes(results) };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A table that cannot be measured does not spoil the others. */
async function measureAll(run: Run): Promise<Results> {
  const results: Record<string, readonly Row[]> = {};
  for (const table of tables) {
    try {
      const rows = "run" in table ? await table.run(run) : await compareAll(table, run);
      results[table.title] = rows;
      console.log(`\n### ${table.title}\n\n${table.about}\n\n${toTable(rows)}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`\n### ${table.title}\n\nnot measured: ${error instanceof Error ? error.message : error}`);
    }
    console.error(`load average ${loadavg()[0]?.toFixed(1)}`);
  }
  return results;
}

/** Only the servers that the figures need. */
function reduced(table: LoadTable | OwnTable): LoadTable | OwnTable {
  if ("run" in table) return table;
  return { ...table, contenders: table.contenders.filter(({ name }) => isInFigures(table.title, name)) };
}

function commit(): string {
  return spawnSync("git", ["describe", "--always", "--dirty"], { cwd: ROOT, encoding: "utf8" }).stdout.trim();
}

function installPeers() {
  if (existsSync(join(PEERS, "node_modules"))) return;
  console.error("The peers are being installed …");
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: PEERS,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`npm ci failed in ${PEERS}`);
}
