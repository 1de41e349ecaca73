import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { authorize } from "../../src/auth/authorize.ts";
import { identify, type KeyFinder } from "../../src/auth/identify.ts";
import { createKeyring, type KeyringOptions } from "../../src/auth/keyring.ts";
import { insertClient } from "../../src/store/clients.ts";
import { openStore } from "../../src/store/database/database.ts";
import { isLocked } from "../../src/store/database/failure.ts";
import { transact } from "../../src/store/database/transact.ts";
import { findKeyByDigest, insertKey } from "../../src/store/keys.ts";
import { aClient, aHeldClock, aKey, NOON, UNKNOWN_SECRET } from "../support/builders.ts";
import { temporaryFolder } from "../support/temporary.ts";

class Undone extends Error {}

const { digest: DIGEST } = aKey();

/** A keyring before a source that has a key for every digest but those that begin with "no", and can be changed. */
function aKeyring(differences: Partial<KeyringOptions> = {}) {
  const forwardAuth: string[] = [];
  let version = 0;
  const read = async (digest: string) => {
    forwardAuth.push(digest);
    return digest.startsWith("no") ? undefined : aKey({ digest, name: `as of ${version}` });
  };
  const options = { source: { findByDigest: read }, freshness: { version: () => version }, ...differences };
  return { ...createKeyring(options), forwardAuth, read, change: () => ++version };
}

async function findAll({ findByDigest }: KeyFinder, ...digests: readonly string[]) {
  for (const digest of digests) await findByDigest(digest);
}

describe("a keyring", () => {
  it("reads a key once while nothing changes", async () => {
    const keyring = aKeyring();
    await findAll(keyring, "a", "a");
    expect(await keyring.findByDigest("a")).toEqual(aKey({ digest: "a", name: "as of 0" }));
    expect(keyring.forwardAuth).toEqual(["a"]);
  });

  it("reads it again after a change, at the next look-up", async () => {
    const keyring = aKeyring();
    await findAll(keyring, "a");
    keyring.change();
    expect(await keyring.findByDigest("a")).toMatchObject({ name: "as of 1" });
  });

  it("remembers that a digest belongs to no key, until a change", async () => {
    const keyring = aKeyring();
    await findAll(keyring, "nobody", "nobody");
    expect(keyring.forwardAuth).toEqual(["nobody"]);
    keyring.change();
    expect(await keyring.findByDigest("nobody")).toBeUndefined();
    expect(keyring.forwardAuth).toEqual(["nobody", "nobody"]);
  });

  it("keeps so many keys and no more: those that were used last", async () => {
    const keyring = aKeyring({ knownKeys: 2 });
    await findAll(keyring, "a", "b", "a", "c", "a", "b");
    expect(keyring.forwardAuth).toEqual(["a", "b", "c", "b"]);
  });

  it("is not emptied by a flood of strangers", async () => {
    const keyring = aKeyring({ knownKeys: 1, unknownKeys: 2 });
    await findAll(keyring, "a", "no-1", "no-2", "no-3", "a", "no-3", "no-1");
    expect(keyring.forwardAuth).toEqual(["a", "no-1", "no-2", "no-3", "no-1"]);
  });

  it("reads once for all who ask at the same time", async () => {
    const keyring = aKeyring();
    const [one, other] = await Promise.all([keyring.findByDigest("a"), keyring.findByDigest("a")]);
    expect(one).toBe(other);
    expect(keyring.forwardAuth).toEqual(["a"]);
  });

  it("does not remember an outage of its source", async () => {
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

describe("what a keyring knows without asking", () => {
  /** A keyring that counts how often it was proven fresh since `reset`. */
  async function counted() {
    let [proofs, version] = [0, 0];
    const prove = () => {
      proofs++;
      return version;
    };
    const keyring = aKeyring({ freshness: { version: prove } });
    await findAll(keyring, "a", "nobody");
    proofs = 0;
    return { ...keyring, proofs: () => proofs, change: () => ++version };
  }

  it("is a key, or that there is none; what it has not read it does not know", async () => {
    const { findCached } = await counted();
    expect(findCached("a")).toMatchObject({ digest: "a" });
    expect(findCached("nobody")).toBeNull();
    expect(findCached("b")).toBeUndefined();
  });

  it("is proven fresh by every call, whatever was proven before it", async () => {
    const { findCached, proofs } = await counted();
    for (let count = 0; count < 10; count++) findCached("a");
    expect(proofs()).toBe(10);
  });

  it("is forgotten by a change between two calls in the same step", async () => {
    const { findCached, change } = await counted();
    expect(findCached("a")).toMatchObject({ digest: "a" });
    change();
    expect(findCached("a")).toBeUndefined();
  });

  it("is nothing after a change", async () => {
    const { findCached, change } = await counted();
    change();
    expect([findCached("a"), findCached("nobody")]).toEqual([undefined, undefined]);
  });

  it("is nothing where it cannot be proven", async () => {
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

  it("is never the key of another digest", async () => {
    const source = { findByDigest: async () => aKey({ digest: "another" }) };
    const { findByDigest, findCached } = createKeyring({ source, freshness: { version: () => 0 } });
    await findByDigest("a");
    expect(findCached("a")).toBeUndefined();
  });
});

describe("a look-up during which something changes", () => {
  it("reads again, and remembers only what it read last", async () => {
    const keyring = aKeyring();
    const looking = keyring.findByDigest("a");
    keyring.change();
    expect(await looking).toMatchObject({ name: "as of 1" });
    await findAll(keyring, "a");
    expect(keyring.forwardAuth).toEqual(["a", "a"]);
  });

  it("is joined by none that begins after the change", async () => {
    const keyring = aKeyring();
    const before = keyring.findByDigest("a");
    keyring.change();
    expect(await keyring.findByDigest("a")).toMatchObject({ name: "as of 1" });
    await before;
  });

  it("ends, even if changes do not, and remembers nothing", async () => {
    const keyring = aKeyring({ freshness: { version: () => keyring.change() } });
    expect(await keyring.findByDigest("a")).toMatchObject({ digest: "a" });
    expect(keyring.forwardAuth).toHaveLength(3);
    await findAll(keyring, "a");
    expect(keyring.forwardAuth).toHaveLength(6);
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
  ])("%s leaves the caller undecided and admits nobody", async (_, proofs) => {
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
  it("expires without anybody's doing", async () => {
    const clock = aHeldClock(NOON - 1);
    const source = { findByDigest: async () => aKey({ expiresAt: NOON }) };
    const deps = { keys: aKeyring({ source }), clock, environments: ["live"] as const };
    const present = async () => authorize(await identify({ kind: "one", text: UNKNOWN_SECRET }, deps), []).kind;
    expect(await present()).toBe("admitted");
    clock.moveTo(NOON);
    expect(await present()).toBe("key-expired");
  });
});

/** What stands for one key after `version` changes: now and then it does not exist. */
const answerAt = (version: number) => (version % 4 === 0 ? undefined : `as of ${version}`);

describe("look-ups, fills and changes in any order", () => {
  it("never answer what was no longer true when the look-up began", async () => {
    const actions = fc.array(fc.constantFrom("look-up", "look-up", "change"), { minLength: 2, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), actions, async (scheduler, wanted) => {
        let version = 0;
        const turn = (label: string) => scheduler.schedule(Promise.resolve(), label);
        const findByDigest = async (digest: string) => {
          await turn("before the reading");
          const name = answerAt(version);
          await turn("after the reading");
          return name === undefined ? undefined : aKey({ digest, name });
        };
        const keyring = createKeyring({ source: { findByDigest }, freshness: { version: () => version } });
        const lookUp = async () => {
          const begunAt = version;
          const key = await keyring.findByDigest(DIGEST);
          const allowed = Array.from({ length: version - begunAt + 1 }, (_, later) => answerAt(begunAt + later));
          expect(allowed).toContain(key?.name);
        };

        const running = wanted.map(async (deed) => {
          await turn(deed);
          if (deed === "change") version++;
          else await lookUp();
        });
        await scheduler.waitFor(Promise.all(running));
        await scheduler.waitFor(lookUp());
      }),
      { numRuns: 500 },
    );
  });
});

describe("a keyring before a real store, beside another process", () => {
  const folder = temporaryFolder();
  let made = 0;

  /** The name of its key tells which deed wrote it: they are numbered in the order in which they held the lock. */
  async function aSharedFile() {
    const path = join(folder, `${++made}.db`);
    const { db, changes } = await openStore(`sqlite:${path}`);
    await insertClient(db, aClient());
    await insertKey(db, aKey({ name: "0" }));
    // To SQLite it makes no difference whether another process or another connection writes.
    return { db, changes, other: new DatabaseSync(path, { timeout: 0 }) };
  }

  it("never answers what was no longer true when the look-up began, nor what was never committed", async () => {
    const kinds = ["look-up", "look-up", "look-up", "ours", "rolled back", "theirs"] as const;
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

        // These hold their transactions open for a while, which real ones never do.
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
        const DEEDS = {
          "look-up": async () => {
            const begunAt = acknowledged;
            const number = Number((await keyring.findByDigest(DIGEST))?.name);
            expect(number).toBeGreaterThanOrEqual(begunAt);
            expect(undone).not.toContain(number);
          },
          ours: async () => acknowledge(await write(() => {})),
          "rolled back": async () => {
            const failing = write((number) => {
              undone.push(number);
              throw new Undone();
            });
            await expect(failing).rejects.toBeInstanceOf(Undone);
          },
          theirs: async () => {
            try {
              other.prepare("UPDATE keys SET name = ?").run(String(numbered + 1));
              acknowledge(++numbered);
            } catch (error) {
              if (!isLocked(error)) throw error;
            }
          },
        };

        const running = wanted.map(async (deed) => {
          await turn(deed);
          await DEEDS[deed]();
        });
        await scheduler.waitFor(Promise.all(running));
        await scheduler.waitFor(DEEDS["look-up"]());
        other.close();
        await db.destroy();
      }),
      { numRuns: 60 },
    );
  });

  it.each(["IMMEDIATE", "EXCLUSIVE"])("goes on answering while the other one holds the lock (%s)", async (mode) => {
    const { db, changes, other } = await aSharedFile();
    const keyring = createKeyring({
      source: { findByDigest: (digest) => findKeyByDigest(db, digest) },
      freshness: changes,
    });
    await findAll(keyring, DIGEST);
    other.exec(`BEGIN ${mode}; UPDATE keys SET name = 'not yet'`);
    expect(await keyring.findByDigest(DIGEST)).toMatchObject({ name: "0" });
    expect(await keyring.findByDigest("sha256:nobody")).toBeUndefined();
    other.exec("COMMIT");
    expect(await keyring.findByDigest(DIGEST)).toMatchObject({ name: "not yet" });
    other.close();
    await db.destroy();
  });

  it("throws once the store is closed, whatever it has in memory", async () => {
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
