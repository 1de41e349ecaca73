import { describe, expect, it } from "@jest/globals";
import { createWorkerPool } from "../../src/cluster/worker-pool.ts";
import type { Exit, WorkerProcess } from "../../src/cluster/worker-process.ts";
import { createLog } from "../../src/lib/log/log.ts";
import { systemTicks } from "../../src/lib/time/clock.ts";

const LONG_AGO = systemTicks.now() - 3_600_000;
const log = createLog({ level: "silent", secrets: /$^/g, destination: { write: () => {} } });

type Fake = WorkerProcess & { readonly end: (exit?: Exit) => void };

/** A pool whose workers start as `startsWell` says, in turn; the last entry holds for all further ones. */
function aPool(startsWell: readonly (boolean | Promise<boolean>)[] = [true]) {
  const spawned: Fake[] = [];
  const waiting: (() => void)[] = [];
  const pool = createWorkerPool(() => {
    const ended = Promise.withResolvers<Exit>();
    const worker: Fake = {
      id: spawned.length + 1,
      startedAt: LONG_AGO,
      channel: { call: () => new Promise(() => {}), close: () => {} },
      isListening: Promise.resolve(startsWell[Math.min(spawned.length, startsWell.length - 1)] ?? false),
      whenEnded: ended.promise,
      stop: async () => false,
      end: (exit = { code: 1, signal: null }) => ended.resolve(exit),
    };
    spawned.push(worker);
    for (const resolve of waiting.splice(0)) resolve();
    return worker;
  }, log);
  return {
    ...pool,
    spawned,
    nextSpawn: () => new Promise<void>((resolve) => waiting.push(resolve)),
    ids: () => pool.workers().map(({ id }) => id),
  };
}

describe("a pool of workers", () => {
  it("replaces a worker that ends", async () => {
    const { start, spawned, nextSpawn, ids } = aPool();
    await Promise.all([start(), start()]);
    expect(ids()).toEqual([1, 2]);
    const replaced = nextSpawn();
    spawned[0]?.end();
    await replaced;
    expect(ids()).toEqual([2, 3]);
  });

  it("has a replacement serve only when it listens", async () => {
    const listening = Promise.withResolvers<boolean>();
    const { start, serving, spawned, nextSpawn, ids } = aPool([true, listening.promise]);
    await start();
    const replaced = nextSpawn();
    spawned[0]?.end();
    await replaced;
    expect(ids()).toEqual([2]);
    expect(serving()).toEqual([]);
    listening.resolve(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(serving()).toEqual([spawned[1]]);
  });

  it("does not start where a worker ends before it listens", async () => {
    await expect(aPool([false]).start()).rejects.toThrow("A worker could not start");
  });

  it("replaces no worker once it is stopped, and says how many were killed", async () => {
    const { start, stop, spawned } = aPool();
    await start();
    expect(await stop()).toBe(0);
    spawned[0]?.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(spawned).toHaveLength(1);
  });
});
