import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { findClient, insertClient } from "../../../src/store/clients.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import { StoreFailure } from "../../../src/store/database/failure.ts";
import type { Database } from "../../../src/store/database/schema.ts";
import { transact, transactUnsynced } from "../../../src/store/database/transact.ts";
import { listClients } from "../../../src/store/list-clients.ts";
import { aClient } from "../../support/builders.ts";
import { countTurns } from "../../support/model/turns.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const path = join(temporaryFolder(), "latchkey.db");
let db: Database;
let other: DatabaseSync;
let made = 0;

beforeAll(async () => {
  db = await openDatabase(`sqlite:${path}`);
  // To SQLite it makes no difference whether another process or another connection holds a lock.
  other = new DatabaseSync(path);
});
afterAll(async () => {
  other.close();
  await db.destroy();
});

const anotherClient = () => aClient({ id: `client_${++made}`, name: `acme ${made}` });

const namesIn = async (database: Database) =>
  (await listClients(database, { limit: 100 })).items.map(({ name }) => name);

describe("a transaction", () => {
  it("gives back what its work gives back", async () => {
    expect(await transact(db, async () => "done")).toBe("done");
  });

  it("leaves nothing behind when its work fails, and throws what that threw", async () => {
    const client = anotherClient();
    const failure = new Error("changed my mind");
    const work = transact(db, async (tx) => {
      await insertClient(tx, client);
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await findClient(db, client.id)).toBeUndefined();
  });

  it("that is begun inside another one is part of it", async () => {
    const client = anotherClient();
    const work = transact(db, async (tx) => {
      await transact(tx, (inner) => insertClient(inner, client));
      throw new Error("changed my mind");
    });
    await expect(work).rejects.toThrow("changed my mind");
    expect(await findClient(db, client.id)).toBeUndefined();
  });

  it("is not tried again once its work has begun, even if that meets a lock", async () => {
    let begun = 0;
    const work = transact(db, async () => {
      begun++;
      throw new StoreFailure("busy inside", { cause: new Error("locked"), isBusy: true });
    });
    await expect(work).rejects.toThrow("busy inside");
    expect(begun).toBe(1);
  });

  it("fails at once when the store is closed", async () => {
    const closed = await openDatabase("sqlite::memory:");
    await closed.destroy();
    await expect(transact(closed, async () => "done")).rejects.toThrow();
  });
});

describe("transactions at the same time", () => {
  it("let the event loop turn in between, so that what has arrived is answered", async () => {
    const loop = countTurns();
    const turns: number[] = [];
    const note = async () => void turns.push(loop.current());
    await Promise.all([transact(db, note), transactUnsynced(db, note), transact(db, note), transactUnsynced(db, note)]);
    loop.stop();
    expect(new Set(turns).size).toBe(4);
  });

  it("run one after the other: none sees another half done", async () => {
    const counts: number[] = [];
    const action = (index: number) =>
      transact(db, async (tx) => {
        counts.push((await namesIn(tx)).length);
        await insertClient(tx, anotherClient());
        await nextTurn();
        await insertClient(tx, anotherClient());
        if (index % 2 === 1) throw new Error("changed my mind");
      });
    const before = (await namesIn(db)).length;
    const settled = await Promise.allSettled([0, 1, 2, 3, 4, 5].map(action));
    expect(settled.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
    ]);
    expect(counts).toEqual([0, 2, 2, 4, 4, 6].map((more) => before + more));
    expect(await namesIn(db)).toHaveLength(before + 6);
  });

  it("that are rolled back never remove a row of another caller", async () => {
    const [mine, other] = [anotherClient(), anotherClient()];
    let written: Promise<void> | undefined;
    const work = transact(db, async (tx) => {
      await insertClient(tx, mine);
      written = insertClient(db, other);
      await nextTurn();
      throw new Error("changed my mind");
    });
    await expect(work).rejects.toThrow("changed my mind");
    await written;
    expect(await findClient(db, mine.id)).toBeUndefined();
    expect(await findClient(db, other.id)).toEqual(other);
  });
});

describe("a transaction that does not wait for the disk", () => {
  const syncedNow = async () => {
    const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db);
    return rows[0]?.synchronous;
  };
  const [NORMAL, FULL] = [1, 2];

  it("is the only one that does not, also when it fails", async () => {
    const seen: unknown[] = [];
    const look = async (tx: Database) => {
      const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(tx);
      seen.push(rows[0]?.synchronous);
    };
    const fail = transactUnsynced(db, async (tx) => {
      await look(tx);
      throw new Error("It fails.");
    });
    await Promise.all([expect(fail).rejects.toThrow("It fails."), transact(db, look), transactUnsynced(db, look)]);
    expect(seen.toSorted()).toEqual([NORMAL, NORMAL, FULL]);
    expect(await syncedNow()).toBe(FULL);
  });

  it("blocks no reads while it waits for a lock", async () => {
    other.exec("BEGIN IMMEDIATE");
    let isOver = false;
    const counting = transactUnsynced(db, (tx) => insertClient(tx, anotherClient())).finally(() => {
      isOver = true;
    });
    await namesIn(db);
    expect(isOver).toBe(false);
    other.exec("ROLLBACK");
    await counting;
  });

  it("is committed like any other, and part of one that it is called in", async () => {
    await transact(db, (tx) =>
      transactUnsynced(tx, (same) => insertClient(same, aClient({ id: "c_9", name: "ninth" }))),
    );
    expect(await findClient(db, "ninth")).toMatchObject({ id: "c_9" });
  });
});

describe("a transaction while another process holds the write lock", () => {
  it("waits, and blocks nothing else", async () => {
    const client = anotherClient();
    other.exec("BEGIN IMMEDIATE");
    let isDone = false;
    const waiting = transact(db, (tx) => insertClient(tx, client)).then(() => {
      isDone = true;
    });

    let ticks = 0;
    const ticking = setInterval(() => ticks++, 1);
    while (ticks < 10) await nextTurn();
    clearInterval(ticking);
    expect(await findClient(db, client.id)).toBeUndefined();
    expect(isDone).toBe(false);

    other.exec("COMMIT");
    await waiting;
    expect(await findClient(db, client.id)).toEqual(client);
  });

  it("that is never released fails and changes nothing, and opening the database fails, too", async () => {
    const client = anotherClient();
    other.exec("BEGIN IMMEDIATE");
    const [writing, opening] = await Promise.allSettled([
      transact(db, (tx) => insertClient(tx, client)),
      openDatabase(`sqlite:${path}`),
    ]);
    other.exec("ROLLBACK");
    expect(writing).toMatchObject({ reason: { isBusy: true } });
    expect((writing as PromiseRejectedResult).reason).toBeInstanceOf(StoreFailure);
    expect(opening).toMatchObject({
      reason: { message: expect.stringMatching(/is locked by another process: wait/) },
    });
    expect(await findClient(db, client.id)).toBeUndefined();
  });
});
