import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { latchkeyOfMany } from "./contenders.ts";
import { type Running, start } from "./process.ts";
import { type Run, settingOf } from "./rounds.ts";
import { REQUESTS, type Request } from "./scenarios.ts";
import { type Row, spreadOf } from "./table.ts";

const KEYS = 10_000;
const WARM_SECONDS = 5;

/** Usage counts are added up every ten seconds: that is a part of what the requests cost. */
const SETTLE_MS = 11_000;

/** More than enough: the generator stops after the last key. */
const LONGEST_SECONDS = 60;

/**
 * Sends one request with each of 10,000 keys that the service has not seen since its start, and then the same once
 * more, round by round with other keys. The first 10,000 are not measured: they warm the service up.
 */
export async function measureColdKeys(run: Run): Promise<readonly Row[]> {
  const stored = KEYS * (run.rounds + 1);
  const contender = latchkeyOfMany({ name: "Latchkey, 10,000 keys", stored, used: stored });
  const setting = { ...settingOf(run), upstream: 0 };
  const keys = (await contender.keysOf?.(setting)) ?? [];
  const running = await start(contender.command(setting), setting.port, join(run.folder, `${setting.port}.log`));
  const requestOf = (round: number) =>
    REQUESTS["many keys"](run.secrets, 8, keys.slice(round * KEYS, (round + 1) * KEYS));
  try {
    await sendOnce(running, requestOf(0), run);
    await run.generator.run(setting.port, requestOf(0), { seconds: WARM_SECONDS });
    await wait(SETTLE_MS);
    const idle = await idleMicroseconds(running);
    const rounds: { first: number; second: number }[] = [];
    for (let round = 1; round <= run.rounds; round++) {
      const first = await sendOnce(running, requestOf(round), run, idle);
      const second = await sendOnce(running, requestOf(round), run, idle);
      rounds.push({ first, second });
    }
    const values = {
      firstCpuMicroseconds: spreadOf(rounds.map(({ first }) => first)),
      secondCpuMicroseconds: spreadOf(rounds.map(({ second }) => second)),
    };
    return [{ name: contender.name, values }];
  } finally {
    await running.stop();
  }
}

/** @returns the CPU time of a request, without what the service takes while it is `idle`. */
async function sendOnce(running: Running, request: Request, { generator }: Run, idle = 0): Promise<number> {
  const before = running.cpuMicroseconds();
  const load = { seconds: LONGEST_SECONDS };
  const { requests } = await generator.run(running.port, { ...request, once: true }, load);
  await wait(SETTLE_MS);
  return (running.cpuMicroseconds() - before - idle) / requests;
}

/** The CPU time that the service takes in the time that is waited after requests. */
async function idleMicroseconds(running: Running): Promise<number> {
  const before = running.cpuMicroseconds();
  await wait(SETTLE_MS);
  return running.cpuMicroseconds() - before;
}
