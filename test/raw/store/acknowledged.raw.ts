import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { insertClient } from "../../../src/store/clients.ts";
import { openStore } from "../../../src/store/database/database.ts";
import { transact } from "../../../src/store/database/transact.ts";
import { insertKey } from "../../../src/store/keys.ts";
import { aClient, SCOPES } from "../../support/builders.ts";
import { keyNumber } from "../../support/many-keys.ts";
import { LATCHKEY, startChild, startLatchkey } from "../../support/process/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { fetchOnce } from "../../support/wire/client.ts";
import { aKeptConnection, type KeptConnection, type RawConnection } from "../../support/wire/raw-connection.ts";

const folder = temporaryFolder();
const ADMIN = keyNumber(0).secret;
/** Ids in the form of the contract, because responses show them. */
const idOf = (number: number) => `key_${String(number).padStart(20, "0")}`;
/** How many rounds each sender continues after the acknowledgement. */
const ROUNDS_AFTER = 3;

const head = (line: string, secret: string, more = "") =>
  `${line} HTTP/1.1\r\nHost: a\r\nX-API-Key: ${secret}\r\n${more}\r\n`;
const data = (secret: string) => head("GET /data", secret);
/** A request that takes milliseconds, through Express. */
const heavy = head("GET /v1/keys?limit=100", ADMIN);
const VERIFY_BODY = JSON.stringify({ key: keyNumber(1).secret });
const verifyHead = (secret: string) =>
  head("POST /v1/keys/verify", secret, `Content-Type: application/json\r\nContent-Length: ${VERIFY_BODY.length}\r\n`);

/** Sends one round of requests. @returns whether that was after the acknowledgement, and the statuses of the key. */
type Sender = (
  line: RawConnection,
  secret: string,
  isRevoked: () => boolean,
) => Promise<readonly [boolean, readonly number[]]>;

const SENDERS: readonly Sender[] = [
  async (line, secret, isRevoked) => {
    const isLate = isRevoked();
    line.send(data(secret));
    return [isLate, await line.statuses(1)];
  },
  async (line, secret, isRevoked) => {
    const isLate = isRevoked();
    line.send(data(secret).repeat(4));
    return [isLate, await line.statuses(4)];
  },
  // After a heavy request with another key on the same connection.
  async (line, secret, isRevoked) => {
    const isLate = isRevoked();
    line.send(heavy + data(secret) + data(secret));
    const [status, ...own] = await line.statuses(3);
    expect(status).toBe(200);
    return [isLate, own];
  },
  // The head early, the body some turns later. On a new connection, because it ends when the body is not read.
  async ({ again }, secret, isRevoked) => {
    const line = await again();
    line.send(data(ADMIN) + verifyHead(secret));
    for (let turn = 0; turn < 3 && !isRevoked(); turn++) await nextTurn();
    const isLate = isRevoked();
    line.send(VERIFY_BODY);
    const [status, ...own] = await line.statuses(2);
    line.close();
    expect(status).toBe(200);
    return [isLate, own];
  },
  // The end of the head late, too.
  async (line, secret, isRevoked) => {
    const text = data(secret);
    line.send(data(ADMIN) + text.slice(0, -2));
    await nextTurn();
    const isLate = isRevoked();
    line.send(text.slice(-2));
    const [status, ...own] = await line.statuses(2);
    expect(status).toBe(200);
    return [isLate, own];
  },
];
const CONNECTIONS_PER_SENDER = 4;

/** Requests that check the freshness of the cache late in a turn of the event loop, and slow ones after them. */
const BURSTS = [data(ADMIN).repeat(4), data(ADMIN) + heavy + data(ADMIN) + heavy];
const LOAD_CONNECTIONS = 16;
const ROUNDS = 120;

/** Sends `text` on `line`. @returns the statuses of the responses. */
const exchange = (line: KeptConnection, text: string, count: number) =>
  line.round((open) => {
    open.send(text);
    return open.statuses(count);
  });

/** Sends bursts on all of these connections at the same time, until it is stopped. */
function startLoad(lines: readonly KeptConnection[]) {
  let isOver = false;
  let notify = () => {};
  let next = new Promise<void>((resolve) => {
    notify = resolve;
  });
  const run = async () => {
    while (!isOver) {
      const bursts = lines.map((line, index) => exchange(line, BURSTS[index % BURSTS.length] ?? "", 4));
      notify();
      next = new Promise<void>((resolve) => {
        notify = resolve;
      });
      const statuses = await Promise.all(bursts);
      expect(new Set(statuses.flat())).toEqual(new Set([200]));
    }
    notify();
  };
  const running = run();
  return {
    /** Resolves when the next bursts have been sent, before their responses. */
    sent: () => next,
    end: () => {
      isOver = true;
      return running;
    },
  };
}

/** Uses a key on many connections while it is revoked, and after that. */
async function revokeUnderLoad(lines: readonly KeptConnection[], secret: string, revoke: () => Promise<void>) {
  let isRevoked = false;
  const [early, late]: [number[], number[]] = [[], []];
  let [warm, isWarm] = [0, () => {}];
  const allWarm = new Promise<void>((resolve) => {
    isWarm = resolve;
  });
  const work = async (line: KeptConnection, index: number) => {
    const send = SENDERS[index % SENDERS.length] as Sender;
    for (let round = 0, left = ROUNDS_AFTER; left > 0; round++) {
      const [isLate, statuses] = await line.round((open) => send(open, secret, () => isRevoked));
      (isLate ? late : early).push(...statuses);
      if (isLate) left--;
      if (round === 0 && ++warm === lines.length) isWarm();
    }
  };
  const working = Promise.all(lines.map(work));
  await Promise.race([allWarm, working]);
  await revoke();
  isRevoked = true;
  await working;
  return { early, late };
}

function counted(statuses: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe.each([1, 2])("a key that is revoked while it is used on many connections to %d process(es)", (workers) => {
  const url = `sqlite:${join(folder, `${workers}.db`)}`;
  const settings = {
    PORT: "0",
    DATABASE_URL: url,
    LOG_LEVEL: "fatal",
    LATCHKEY_WORKERS: String(workers),
    LATCHKEY_FAILED_KEYS_PER_MINUTE: "0",
  };
  let [base, next] = ["", 1];
  let open: KeptConnection[] = [];
  /** Opens connections for one test: the service closes idle ones soon. */
  const connect = async (count: number): Promise<readonly KeptConnection[]> => {
    const port = Number(new URL(base).port);
    const lines = await Promise.all(Array.from({ length: count }, () => aKeptConnection(port)));
    open.push(...lines);
    return lines;
  };

  beforeAll(async () => {
    const { db } = await openStore(url);
    await transact(db, async (tx) => {
      await insertClient(tx, aClient({ plan: "unlimited" }));
      for (let number = 0; number < 400; number++)
        await insertKey(tx, {
          ...keyNumber(number).key,
          id: idOf(number),
          scopes: number === 0 ? SCOPES : ["data:read", "keys:verify"],
        });
    });
    await db.destroy();
    const child = startLatchkey(["serve"], { ...settings, LOG_LEVEL: "info" });
    [, base = ""] = await child.out.until(/"url":"([^"]+)"/);
  });
  afterEach(() => {
    for (const line of open) line.close();
    open = [];
  });

  /** Revokes `count` keys, one after the other, and checks that no request after the acknowledgement is admitted. */
  const revokeMany = async (count: number, revoke: (id: string) => Promise<void>) => {
    const [early, late]: [number[], number[]] = [[], []];
    const lines = await connect(SENDERS.length * CONNECTIONS_PER_SENDER);
    const load = startLoad(await connect(LOAD_CONNECTIONS));
    for (let index = 0; index < count; index++) {
      const { secret } = keyNumber(++next);
      const id = idOf(next);
      const found = await revokeUnderLoad(lines, secret, () => revoke(id));
      early.push(...found.early);
      late.push(...found.late);
    }
    await load.end();
    expect(counted(early)["200"]).toBeGreaterThanOrEqual(count * lines.length);
    // The senders send one, four, two, one and one requests in a round.
    const sent = count * CONNECTIONS_PER_SENDER * ROUNDS_AFTER * 9;
    expect(counted(late)).toEqual({ 401: sent });
  };

  it("by another process, during heavy work, is refused from the commit on", async () => {
    const file = new DatabaseSync(join(folder, `${workers}.db`), { timeout: 5_000 });
    const idle = await connect(16);
    const load = startLoad(await connect(LOAD_CONNECTIONS));
    const present = async (secret: string) =>
      (await Promise.all(idle.map((line) => exchange(line, data(secret), 1)))).flat();
    const late: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { secret } = keyNumber(++next);
      expect(counted(await present(secret))).toEqual({ 200: idle.length });
      await load.sent();
      // Each round revokes at another moment of the work.
      const until = performance.now() + (round % 10);
      while (performance.now() < until);
      file.prepare("UPDATE keys SET revoked_at = 1 WHERE id = ?").run(idOf(next));
      late.push(...(await present(secret)));
    }
    await load.end();
    file.close();
    expect(counted(late)).toEqual({ 401: ROUNDS * idle.length });
  });

  it("over HTTP, by any of the processes, is refused from the response on", () =>
    revokeMany(40, async (id) => {
      const { status } = await fetchOnce(`${base}/v1/keys/${id}/revoke`, {
        method: "POST",
        headers: { "x-api-key": ADMIN },
      });
      expect(status).toBe(200);
    }));

  it("on the command line is refused from the end of the command on", () =>
    revokeMany(6, async (id) => {
      const command = [...LATCHKEY, "keys", "revoke", id, "--yes"];
      const { code, err } = await startChild(command, settings).ended;
      if (code !== 0) throw new Error(err);
    }));
});
