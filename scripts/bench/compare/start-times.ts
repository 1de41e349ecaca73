import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { writeContract } from "../contract-of.ts";
import { databaseIn, STARTED_AS_BY_NPM } from "./contenders.ts";
import { type Command, start } from "./process.ts";
import { type Run, settingOf } from "./rounds.ts";
import { type Row, spreadOf } from "./table.ts";

/** As many as the service's own contract has. */
const BUILT_IN = 35;
const OPERATIONS = [BUILT_IN, 300, 900];

/** Work that was put off until after the start must be done when the memory is read. */
const IDLE_MS = 10_000;

export function nameOfStart(operations: number): string {
  return operations === BUILT_IN ? "Latchkey, `npm start`" : `Latchkey, ${operations} operations`;
}

/** Starts the service on both cores, as an operator would, and reads its memory when it has been idle for a while. */
export async function measureStarts(run: Run): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const operations of OPERATIONS) {
    const name = nameOfStart(operations);
    const failed = (error: Error): Row => ({ name, missing: error.message, values: {} });
    rows.push(await startMany(commandOf(operations, run), run).then((values) => ({ name, values }), failed));
  }
  return rows;
}

async function startMany(command: Command, run: Run): Promise<Row["values"]> {
  const first = await startOnce(command, run);
  const starts: Awaited<ReturnType<typeof startOnce>>[] = [];
  for (let round = 0; round < run.rounds; round++) starts.push(await startOnce(command, run));
  return {
    startedMs: spreadOf(starts.map(({ startedMs }) => startedMs)),
    startCpuMs: spreadOf(starts.map(({ startCpuMs }) => startCpuMs)),
    firstStartMs: spreadOf([first.startedMs]),
    idleMb: spreadOf(starts.map(({ idleMb }) => idleMb)),
  };
}

/** The contract is written for this run, so nothing that an earlier run may have cached fits it. */
function commandOf(operations: number, { folder }: Run): Command {
  const environment = { DATABASE_URL: databaseIn(folder, `start-${operations}`) };
  if (operations === BUILT_IN) return { words: STARTED_AS_BY_NPM, cores: "0,1", environment };
  const contract = join(folder, `start-${operations}.yaml`);
  writeContract(contract, operations);
  const gateway = { LATCHKEY_CONTRACT: contract, LATCHKEY_UPSTREAM: "http://127.0.0.1:9" };
  return { words: STARTED_AS_BY_NPM, cores: "0,1", environment: { ...environment, ...gateway } };
}

async function startOnce(command: Command, run: Run) {
  const { port } = settingOf(run);
  const running = await start(command, port, join(run.folder, `${port}.log`));
  try {
    const startCpuMs = running.cpuMicroseconds() / 1000;
    await wait(IDLE_MS);
    return { startedMs: running.startedMs, startCpuMs, idleMb: running.residentMb() };
  } finally {
    await running.stop();
  }
}
