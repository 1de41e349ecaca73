// The effect of the keyring: looks up keys with and without it, with 1,000 and with 1,000,000 stored keys, and prints
// the times and the memory. Then it looks up a known key for ten seconds next to an idle process, and for ten next to
// one that holds the write lock, and prints the longest delays. Needs about a gigabyte for temporary files.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import { identify, type KeyFinder } from "../../src/auth/identify.ts";
import { createKeyring } from "../../src/auth/keyring.ts";
import { systemClock } from "../../src/lib/time/clock.ts";
import { openDatabase, openStore } from "../../src/store/database/database.ts";
import { createKeyReader, findKeyByDigest } from "../../src/store/keys.ts";
import { insertManyKeys, keyNumber } from "../../test/support/many-keys.ts";

const SIZES = [1_000, 1_000_000];
const IN_USE = 1_000;
const LOOK_UPS = 200_000;
const BATCH = 100;
const HELD_MS = 10_000;
const SLOW_MS = 50;
const MIB = 2 ** 20;

// Each measurement runs in its own process, so that its memory is measured alone.
const WORK: Readonly<Record<string, (path: string, size: number) => unknown>> = {
  fill,
  measure,
  delay,
  idle: (file) => beside(file, "SELECT 1"),
  hold: (file) => beside(file, "BEGIN IMMEDIATE; UPDATE keys SET name = 'not yet' WHERE id = 'key_0'"),
};
const [, , work, path, size] = process.argv;
if (work === undefined) await compare();
else await WORK[work]?.(path ?? "", Number(size));

async function compare() {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  try {
    for (const count of SIZES) {
      const file = join(folder, `${count}.db`);
      await run("fill", file, count);
      await run("measure", file, count);
    }
    await run("delay", join(folder, `${SIZES[0]}.db`), IN_USE);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(...words: readonly [string, string, number]) {
  await once(start(words), "exit");
}

function start(words: readonly (string | number)[]) {
  return fork(import.meta.filename, words.map(String), { execArgv: ["--disable-warning=ExperimentalWarning"] });
}

async function fill(file: string, count: number) {
  const db = await openDatabase(`sqlite:${file}`);
  await insertManyKeys(db, count);
  await db.destroy();
}

async function openKeyring(file: string) {
  const { db, changes, prepareRead } = await openStore(`sqlite:${file}`);
  const store: KeyFinder = { findByDigest: (digest) => findKeyByDigest(db, digest) };
  const source = { ...store, findNow: createKeyReader({ db, prepareRead }) };
  return { db, changes, store, keyring: createKeyring({ source, freshness: changes }) };
}

async function measure(file: string, count: number) {
  const { db, changes, store, keyring } = await openKeyring(file);
  const inUse = Math.min(IN_USE, count);
  // Spread over the whole file, like keys in use.
  const secrets = Array.from({ length: inUse }, (_, at) => keyNumber(Math.floor((at * count) / inUse)).secret);
  console.log(`${count} stored keys, ${inUse} of them in use:`);
  for (const round of ["cold", "warm"]) {
    await time(`  identify, without the keyring, ${round}`, secrets, store);
    await time(`  identify, with the keyring, ${round}`, secrets, keyring);
  }
  const startedAt = performance.now();
  for (let count = 0; count < LOOK_UPS; count++) changes.version();
  console.log(`  the proof of freshness alone: ${microseconds((performance.now() - startedAt) / LOOK_UPS)}`);
  console.log(`  resident memory: ${Math.round(process.memoryUsage.rss() / MIB)} MiB`);
  await db.destroy();
}

async function time(name: string, secrets: readonly string[], keys: KeyFinder) {
  const deps = { keys, clock: systemClock, environments: ["live"] } as const;
  const means: number[] = [];
  for (let done = 0; done < LOOK_UPS; done += BATCH) {
    const startedAt = performance.now();
    for (let at = done; at < done + BATCH; at++) {
      const { kind } = await identify({ kind: "one", text: secrets[at % secrets.length] ?? "" }, deps);
      if (kind !== "known") throw new Error(`A stored key is ${kind}.`);
    }
    means.push((performance.now() - startedAt) / BATCH);
  }
  means.sort((one, other) => one - other);
  const at = (share: number) => microseconds(means[Math.floor(means.length * share)] ?? Number.NaN);
  console.log(`${name}: p50 ${at(0.5)}, p99 ${at(0.99)} (means of ${BATCH})`);
}

function microseconds(milliseconds: number): string {
  return `${(milliseconds * 1000).toFixed(2)} µs`;
}

/** Runs for ten seconds, and releases the lock at the end if it holds it. */
async function beside(file: string, words: string) {
  const db = new DatabaseSync(file);
  db.exec(words);
  process.send?.("there");
  await wait(HELD_MS);
  if (db.isTransaction) db.exec("ROLLBACK");
  db.close();
}

async function delay(file: string) {
  const { db, keyring } = await openKeyring(file);
  const deps = { keys: keyring, clock: systemClock, environments: ["live"] } as const;
  const present = () => identify({ kind: "one", text: keyNumber(0).secret }, deps);
  await present();
  for (const neighbour of ["idle", "hold"]) {
    const other = start([neighbour, file]);
    await once(other, "message");
    const longest = await longestUntil(once(other, "exit"), async () => {
      const { kind } = await present();
      if (kind !== "known") throw new Error(`A stored key is ${kind}.`);
    });
    console.log(`a known key, ${HELD_MS / 1000} s beside another process (${neighbour}): ${longest}`);
  }
  await db.destroy();
}

/** Calls `look` in every turn of the event loop until `end`. */
async function longestUntil(end: Promise<unknown>, look: () => Promise<void>): Promise<string> {
  let [looks, slow, lookMs, turnMs, hasEnded] = [0, 0, 0, 0, false];
  const markEnded = () => {
    hasEnded = true;
  };
  end.then(markEnded, markEnded);
  for (; !hasEnded; looks++) {
    const startedAt = performance.now();
    await look();
    const tookMs = performance.now() - startedAt;
    if (tookMs > SLOW_MS) slow++;
    lookMs = Math.max(lookMs, tookMs);
    await nextTurn();
    turnMs = Math.max(turnMs, performance.now() - startedAt);
  }
  return `${looks} look-ups, ${slow} over ${SLOW_MS} ms, the longest ${lookMs.toFixed(2)} ms, with its turn of the event loop ${turnMs.toFixed(2)} ms`;
}
