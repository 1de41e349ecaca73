import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { authorize } from "../../src/auth/authorize.ts";
import { identify, type KeyFinder } from "../../src/auth/identify.ts";
import { createKeyring, type KeyringOptions } from "../../src/auth/keyring.ts";
import type { KeyChanges } from "../../src/keys/key-changes.ts";
import { insertClient } from "../../src/store/clients.ts";
import { openStore } from "../../src/store/database/database.ts";
import { isLocked } from "../../src/store/database/failure.ts";
import { transact } from "../../src/store/database/transact.ts";
import { findKeyByDigest, insertKey } from "../../src/store/keys.ts";
import { aClient, aHeldClock, aKey, NOON, UNKNOWN_SECRET } from "../support/builders.ts";
import { runs } from "../support/runs.ts";
import { temporaryFolder } from "../support/temporary.ts";

class Undone extends Error {}

const { digest: DIGEST } = aKey();

/** A keyring whose source has a key for every digest, except those that begin with "no". */
function aKeyring(differences: Partial<KeyringOptions> = {}) {
  const reads: string[] = [];
  let version = 0;
  const read = async (digest: string) => {
    reads.push(digest);
    return digest.startsWith("no") ? undefined : aKey({ digest, name: `as of ${version}` });
  };
  const options = { source: { findByDigest: read }, freshness: { version: () => version }, ...differences };
  return { ...createKeyring(options), reads, read, change: () => ++version };
}

async function findAll({ findByDigest }: KeyFinder, ...digests: readonly string[]) {
  for (const digest of digests) await findByDigest(digest);
}

describe("a keyring", () => {
  it("reads a key once while nothing changes", async () => {
    const keyring = aKeyring();
    await findAll(keyring, "a", "a");
    expect(await keyring.findByDigest("a")).toEqual(aKey({ digest: "a", name: "as of 0" }));
    expect(keyring.reads).toEqual(["a"]);
  });

  it("reads it again after a change, at the next look-up", async () => {
    const keyring = aKeyring();
    await findAll(keyring, "a");
    keyring.change();
    expect(await keyring.findByDigest("a")).toMatchObject({ name: "as of 1" });
  });

  it("caches that a digest has no key, until a change", async () => {
    const keyring = aKeyring();
    await findAll(keyring, "no-key", "no-key");
    expect(keyring.reads).toEqual(["no-key"]);
    keyring.change();
    expect(await keyring.findByDigest("no-key")).toBeUndefined();
    expect(keyring.reads).toEqual(["no-key", "no-key"]);
  });

  it("keeps a maximum number of keys: those that were used last", async () => {
    const keyring = aKeyring({ knownKeys: 2 });
    await findAll(keyring, "a", "b", "a", "c", "a", "b");
    expect(keyring.reads).toEqual(["a", "b", "c", "b"]);
  });

  it("keeps its keys during a flood of unknown ones", async () => {
    const keyring = aKeyring({ knownKeys: 1, unknownKeys: 2 });
    await findAll(keyring, "a", "no-1", "no-2", "no-3", "a", "no-3", "no-1");
    expect(keyring.reads).toEqual(["a", "no-1", "no-2", "no-3", "no-1"]);
  });

  it("reads once for concurrent look-ups", async () => {
    const keyring = aKeyring();
    const [one, other] = await Promise.all([keyring.findByDigest("a"), keyring.findByDigest("a")]);
    expect(one).toBe(other);
    expect(keyring.reads).toEqual(["a"]);
  });

  it("does not cache an outage of its source", async () => {
    const outage = new Error("gone");
    let isOut = true;
    const keyring = aKeyring();
    const source = { findByDigest: (digest: string) => (isOut ? Promise.reject(outage) : keyring.read(digest)) };
    const { findByDigest } = createKeyring({ source, freshness: { version: () => 0 } });
    await expect(Promise.all([findByDigest("a"), findByDigest("a")])).rejects.toBe(outage);
    isOut = false;
    expect(await findByDigest("a")).toMatchObject({ digest: "a" });
  });
});

describe("a change that names keys", () => {
  const ofClient = (id: string) => ({ ...aKey().client, id });
  const holders: Readonly<Record<string, string>> = { a: "client_1", b: "client_1", c: "client_2" };

  /** A keyring with the keys a, b and c and the unknown digest "no-key" in memory, after these changes. */
  async function changed(changes: KeyChanges) {
    let version = 0;
    const reads: string[] = [];
    const findByDigest = async (digest: string) => {
      reads.push(digest);
      const holder = holders[digest];
      return holder === undefined ? undefined : aKey({ digest, client: ofClient(holder) });
    };
    const keyring = createKeyring({
      source: { findByDigest },
      freshness: { version: () => version, since: () => changes },
    });
    await findAll(keyring, "a", "b", "c", "no-key");
    version++;
    reads.length = 0;
    await findAll(keyring, "a", "b", "c", "no-key");
    return reads;
  }

  it.each([
    ["forgets these", { kind: "named", digests: ["a", "no-key", "d"], clientIds: [] }, ["a", "no-key"]],
    ["forgets every key of a client", { kind: "named", digests: [], clientIds: ["client_1", "client_3"] }, ["a", "b"]],
    ["or does not, forgets all", { kind: "all" }, ["a", "b", "c", "no-key"]],
  ] as const)("%s", async (_, changes, reads) => {
    expect(await changed(changes)).toEqual(reads);
  });

  it("does not repeat the read of another key", async () => {
    let version = 0;
    const reads: string[] = [];
    const findByDigest = async (digest: string) => {
      reads.push(digest);
      version++;
      return aKey({ digest });
    };
    const since = (): KeyChanges => ({ kind: "named", digests: ["b"], clientIds: [] });
    const keyring = createKeyring({ source: { findByDigest }, freshness: { version: () => version, since } });
    await findAll(keyring, "a", "a", "b");
    expect(reads).toEqual(["a", "b", "b", "b"]);
  });
});

describe("a source that can be read without waiting", () => {
  it("fills the memory at the first look-up, unless a transaction is open", async () => {
    let isOpen = true;
    const reads: string[] = [];
    const findNow = (digest: string) => {
      reads.push(digest);
      if (isOpen) return undefined;
      return digest.startsWith("no") ? null : aKey({ digest });
    };
    const { findByDigest, reads: waited } = aKeyring();
    const keyring = createKeyring({ source: { findByDigest, findNow }, freshness: { version: () => 0 } });
    expect([keyring.findCached("a"), keyring.findCached("no-key")]).toEqual([undefined, undefined]);
    isOpen = false;
    expect([keyring.findCached("a"), keyring.findCached("no-key")]).toEqual([aKey({ digest: "a" }), null]);
    expect([await keyring.findByDigest("a"), await keyring.findByDigest("no-key")]).toEqual([
      aKey({ digest: "a" }),
      undefined,
    ]);
    expect(reads).toEqual(["a", "no-key", "a", "no-key"]);
    expect(waited).toEqual([]);
  });
});

describe("a look-up in memory", () => {
  /** A keyring that counts how often it was proven fresh after it was filled. */
  async function counted() {
    let [proofs, version] = [0, 0];
    const prove = () => {
      proofs++;
      return version;
    };
    const keyring = aKeyring({ freshness: { version: prove } });
    await findAll(keyring, "a", "no-key");
    proofs = 0;
    return { ...keyring, proofs: () => proofs, change: () => ++version };
  }

  it("finds a key, or that there is none; it does not know what was not read", async () => {
    const { findCached } = await counted();
    expect(findCached("a")).toMatchObject({ digest: "a" });
    expect(findCached("no-key")).toBeNull();
    expect(findCached("b")).toBeUndefined();
  });

  it("is proven fresh by each call", async () => {
    const { findCached, proofs } = await counted();
    for (let count = 0; count < 10; count++) findCached("a");
    expect(proofs()).toBe(10);
  });

  it("notices a change between two calls in the same turn", async () => {
    const { findCached, change } = await counted();
    expect(findCached("a")).toMatchObject({ digest: "a" });
    change();
    expect(findCached("a")).toBeUndefined();
  });

  it("finds nothing after a change", async () => {
    const { findCached, change } = await counted();
    change();
    expect([findCached("a"), findCached("no-key")]).toEqual([undefined, undefined]);
  });

  it("throws if freshness cannot be proven", async () => {
    const outage = new Error("gone");
    const { findCached } = aKeyring({
      freshness: {
        version: () => {
          throw outage;
        },
      },
    });
    expect(() => findCached("a")).toThrow(outage);
  });

  it("never finds the key of another digest", async () => {
    const source = { findByDigest: async () => aKey({ digest: "another" }) };
    const { findByDigest, findCached } = createKeyring({ source, freshness: { version: () => 0 } });
    await findByDigest("a");
    expect(findCached("a")).toBeUndefined();
  });
});

describe("a look-up during a change", () => {
  it("reads again, and caches only the last read", async () => {
    const keyring = aKeyring();
    const looking = keyring.findByDigest("a");
    keyring.change();
    expect(await looking).toMatchObject({ name: "as of 1" });
    await findAll(keyring, "a");
    expect(keyring.reads).toEqual(["a", "a"]);
  });

  it("is not shared with look-ups that begin after the change", async () => {
    const keyring = aKeyring();
    const before = keyring.findByDigest("a");
    keyring.change();
    expect(await keyring.findByDigest("a")).toMatchObject({ name: "as of 1" });
    await before;
  });

  it("ends even if changes do not, and caches nothing", async () => {
    const keyring = aKeyring({ freshness: { version: () => keyring.change() } });
    expect(await keyring.findByDigest("a")).toMatchObject({ digest: "a" });
    expect(keyring.reads).toHaveLength(3);
    await findAll(keyring, "a");
    expect(keyring.reads).toHaveLength(6);
  });
});

describe("freshness that cannot be proven", () => {
  /** Proven for the first `count` times. */
  function provenFor(count: number) {
    let left = count;
    const version = () => {
      if (left-- > 0) return 0;
      throw new Error("database is locked");
    };
    return { version };
  }
  const PROOFS_OF_A_FILL = 3;

  it.each([
    ["before anything was read", 0],
    ["after it was read", PROOFS_OF_A_FILL - 1],
    ["of a key in memory", PROOFS_OF_A_FILL],
  ])("%s leaves the identity undecided, so that the request is refused", async (_, proofs) => {
    const deps = {
      keys: aKeyring({ freshness: provenFor(proofs) }),
      clock: aHeldClock(),
      environments: ["live"] as const,
    };
    if (proofs === PROOFS_OF_A_FILL) await findAll(deps.keys, DIGEST);
    const identity = await identify({ kind: "one", text: UNKNOWN_SECRET }, deps);
    expect(identity).toMatchObject({ kind: "undecided", cause: { message: "database is locked" } });
    expect(authorize(identity, []).kind).toBe("unavailable");
  });
});

describe("a key in memory", () => {
  it("expires by itself", async () => {
    const clock = aHeldClock(NOON - 1);
    const source = { findByDigest: async () => aKey({ expiresAt: NOON }) };
    const deps = { keys: aKeyring({ source }), clock, environments: ["live"] as const };
    const present = async () => authorize(await identify({ kind: "one", text: UNKNOWN_SECRET }, deps), []).kind;
    expect(await present()).toBe("admitted");
    clock.moveTo(NOON);
    expect(await present()).toBe("key-expired");
  });
});

/** The name of the key after `version` changes; at times undefined. */
const nameAt = (version: number) => (version % 4 === 0 ? undefined : `as of ${version}`);

describe("look-ups, reads and changes in any order", () => {
  it("never return a state that had changed before the look-up began", async () => {
    const actions = fc.array(fc.constantFrom("look-up", "look-up", "change"), { minLength: 2, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), actions, async (scheduler, wanted) => {
        let version = 0;
        const turn = (label: string) => scheduler.schedule(Promise.resolve(), label);
        const findByDigest = async (digest: string) => {
          await turn("before the reading");
          const name = nameAt(version);
          await turn("after the reading");
          return name === undefined ? undefined : aKey({ digest, name });
        };
        const keyring = createKeyring({ source: { findByDigest }, freshness: { version: () => version } });
        const lookUp = async () => {
          const begunAt = version;
          const key = await keyring.findByDigest(DIGEST);
          const allowed = Array.from({ length: version - begunAt + 1 }, (_, later) => nameAt(begunAt + later));
          expect(allowed).toContain(key?.name);
        };

        const running = wanted.map(async (action) => {
          await turn(action);
          if (action === "change") version++;
          else await lookUp();
        });
        await scheduler.waitFor(Promise.all(running));
        await scheduler.waitFor(lookUp());
      }),
      { numRuns: runs(500) },
    );
  });
});

describe("a keyring on a real store that another process writes to", () => {
  const folder = temporaryFolder();
  let made = 0;

  /** The name of its key is the number of the write: writes are numbered in the order of their locks. */
  async function aSharedFile() {
    const path = join(folder, `${++made}.db`);
    const { db, changes } = await openStore(`sqlite:${path}`);
    await insertClient(db, aClient());
    await insertKey(db, aKey({ name: "0" }));
    // For SQLite another connection is as good as another process.
    return { db, changes, other: new DatabaseSync(path, { timeout: 0 }) };
  }

  it("never returns a state that had changed before the look-up began, or that was not committed", async () => {
    const kinds = ["look-up", "look-up", "look-up", "own write", "rolled back", "other write"] as const;
    const actions = fc.array(fc.constantFrom(...kinds), { minLength: 3, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), actions, async (scheduler, wanted) => {
        const { db, changes, other } = await aSharedFile();
        const turn = (label: string) => scheduler.schedule(Promise.resolve(), label);
        const undone: number[] = [];
        let [numbered, acknowledged] = [0, 0];
        const acknowledge = (number: number) => {
          acknowledged = Math.max(acknowledged, number);
        };
        const findByDigest = async (digest: string) => {
          await turn("before the reading");
          const key = await findKeyByDigest(db, digest);
          await turn("after the reading");
          return key;
        };
        const keyring = createKeyring({ source: { findByDigest }, freshness: changes });

        // Unlike real ones, these transactions stay open for a while.
        const write = (end: (number: number) => void) =>
          transact(db, async (tx) => {
            const number = ++numbered;
            await tx
              .updateTable("keys")
              .set({ name: String(number) })
              .execute();
            await turn("within the transaction");
            end(number);
            return number;
          });
        const ACTIONS = {
          "look-up": async () => {
            const begunAt = acknowledged;
            const number = Number((await keyring.findByDigest(DIGEST))?.name);
            expect(number).toBeGreaterThanOrEqual(begunAt);
            expect(undone).not.toContain(number);
          },
          "own write": async () => acknowledge(await write(() => {})),
          "rolled back": async () => {
            const failing = write((number) => {
              undone.push(number);
              throw new Undone();
            });
            await expect(failing).rejects.toBeInstanceOf(Undone);
          },
          "other write": async () => {
            try {
              other.prepare("UPDATE keys SET name = ?").run(String(numbered + 1));
              acknowledge(++numbered);
            } catch (error) {
              if (!isLocked(error)) throw error;
            }
          },
        };

        const running = wanted.map(async (action) => {
          await turn(action);
          await ACTIONS[action]();
        });
        await scheduler.waitFor(Promise.all(running));
        await scheduler.waitFor(ACTIONS["look-up"]());
        other.close();
        await db.destroy();
      }),
      { numRuns: 60 },
    );
  });

  it.each(["IMMEDIATE", "EXCLUSIVE"])("keeps working while the other process holds the lock (%s)", async (mode) => {
    const { db, changes, other } = await aSharedFile();
    const keyring = createKeyring({
      source: { findByDigest: (digest) => findKeyByDigest(db, digest) },
      freshness: changes,
    });
    await findAll(keyring, DIGEST);
    other.exec(`BEGIN ${mode}; UPDATE keys SET name = 'not yet'`);
    expect(await keyring.findByDigest(DIGEST)).toMatchObject({ name: "0" });
    expect(await keyring.findByDigest("sha256:no-key")).toBeUndefined();
    other.exec("COMMIT");
    expect(await keyring.findByDigest(DIGEST)).toMatchObject({ name: "not yet" });
    other.close();
    await db.destroy();
  });

  it("throws after the store was closed, whatever is in memory", async () => {
    const { db, changes, other } = await aSharedFile();
    const keyring = createKeyring({
      source: { findByDigest: (digest) => findKeyByDigest(db, digest) },
      freshness: changes,
    });
    await findAll(keyring, DIGEST);
    other.close();
    await db.destroy();
    await expect(keyring.findByDigest(DIGEST)).rejects.toThrow("The store is unavailable.");
  });
});
