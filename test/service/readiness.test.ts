import { describe, expect, it } from "@jest/globals";
import { createReadiness, WINDOW_MS } from "../../src/service/readiness.ts";
import { aKey } from "../support/builders.ts";

/** A service whose store behaves as a test wants it, at a time that a test moves. */
function aService() {
  const world = { now: 1_000_000, isAlive: true, unreadable: new Set<string>() };
  const readiness = createReadiness({
    findByDigest: async (digest) => {
      if (world.unreadable.has(digest)) throw new Error("damaged");
      return aKey({ digest });
    },
    isAlive: async () => world.isAlive,
    ticks: { now: () => world.now },
    isReadinessCheck: (id) => id === "getReadiness",
  });
  /** A call with the key of this digest, with the response that it would get. */
  const call = async (digest: string) => {
    const found = await readiness.findByDigest(digest).catch(() => undefined);
    readiness.note({ keyId: found?.id ?? "", code: found === undefined ? "unavailable" : "", operation: "getData" });
  };
  const calls = async (good: number, bad: number) => {
    for (let index = 0; index < good; index++) await call("good");
    for (let index = 0; index < bad; index++) await call("bad");
  };
  return { world, calls, ...readiness };
}

describe("the readiness of a service", () => {
  it("is that of its store while there are no calls", async () => {
    const { world, isReady } = aService();
    expect(await isReady()).toBe(true);
    world.isAlive = false;
    expect(await isReady()).toBe(false);
  });

  it.each([
    [91, 9, true],
    [90, 10, false],
    [14, 86, false],
    [0, 1, false],
  ])("after %d successful and %d failed calls is %s", async (good, bad, isGood) => {
    const { world, calls, isReady } = aService();
    world.unreadable.add("bad");
    await calls(good, bad);
    expect(await isReady()).toBe(isGood);
  });

  it("forgets a failure when it is older than the window", async () => {
    const { world, calls, isReady } = aService();
    world.unreadable.add("bad");
    await calls(0, 5);
    world.now += WINDOW_MS - 1_000;
    await calls(1, 0);
    expect(await isReady()).toBe(false);
    world.now += 1_000;
    expect(await isReady()).toBe(true);
  });

  it("does not return because calls stop, only when what failed can be read again", async () => {
    const { world, calls, isReady } = aService();
    world.unreadable.add("bad");
    await calls(0, 5);
    expect(await isReady()).toBe(false);
    world.now += 10 * WINDOW_MS;
    expect(await isReady()).toBe(false);
    world.unreadable.clear();
    expect(await isReady()).toBe(true);
  });

  it("is not lowered by its own response, by unknown callers, or by a change that failed", async () => {
    const { note, isReady } = aService();
    note({ keyId: "", code: "unavailable", operation: "getReadiness" });
    note({ keyId: "", code: "key-invalid", operation: "getData" });
    note({ keyId: "key_of_an_admin", code: "unavailable", operation: "createKey" });
    expect(await isReady()).toBe(true);
  });
});
