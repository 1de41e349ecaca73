import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { latchkeyOfMany } from "./contenders.ts";
import { start } from "./process.ts";
import { type Run, settingOf } from "./rounds.ts";
import { REQUESTS } from "./scenarios.ts";
import { type Row, spreadOf } from "./table.ts";

const KEYS = 10_000;
const SETTLE_MS = 500;
/** More than enough: the generator stops after the last key. */
const LONGEST_SECONDS = 60;

/**
 * Sends one request with each of 10,000 keys that the service has not seen since its start, and then the same once
 * more, round by round with other keys. The first 10,000 are not measured: they warm the service up.
 */
export async function measureColdKeys(run: Run): Promise<readonly Row[]> {
  const contender = latchkeyOfMany({
    name: "Latchkey, 10,000 keys",
    stored: KEYS * (run.rounds + 1),
    used: KEYS * (run.rounds + 1),
  });
  const setting = { ...settingOf(run), upstream: 0 };
  const keys = (await contender.keysOf?.(setting)) ?? [];
  const running = await start(contender.command(setting), setting.port, join(run.folder, `${setting.port}.log`));
  const send = async (round: number) => {
    const request = REQUESTS["many keys"](run.secrets, 8, keys.slice(round * KEYS, (round + 1) * KEYS));
    const before = running.cpuMicroseconds();
    const { requests } = await run.generator.run(
      setting.port,
      { ...request, once: true },
      { seconds: LONGEST_SECONDS },
    );
    await wait(SETTLE_MS);
    return (running.cpuMicroseconds() - before) / requests;
  };
  const rounds: { first: number; second: number }[] = [];
  try {
    for (let round = 0; round <= run.rounds; round++) {
      rounds.push({ first: await send(round), second: await send(round) });
    }
  } finally {
    await running.stop();
  }
  const measured = rounds.slice(1);
  const values = {
    firstCpuMicroseconds: spreadOf(measured.map(({ first }) => first)),
    secondCpuMicroseconds: spreadOf(measured.map(({ second }) => second)),
  };
  return [{ name: contender.name, values }];
}
