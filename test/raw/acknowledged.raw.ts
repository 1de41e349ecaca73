import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { insertClient } from "../../src/store/clients.ts";
import { openStore } from "../../src/store/database/database.ts";
import { transact } from "../../src/store/database/transact.ts";
import { insertKey } from "../../src/store/keys.ts";
import { aClient, SCOPES } from "../support/builders.ts";
import { keyNumber } from "../support/many-keys.ts";
import { LATCHKEY, startChild, startLatchkey } from "../support/process/child.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { ask } from "../support/wire/client.ts";
import { aLine, type Line } from "../support/wire/line.ts";

const folder = temporaryFolder();
const ADMIN = keyNumber(0).secret;
/** As the contract has them: these are shown. */
const idOf = (number: number) => `key_${String(number).padStart(20, "0")}`;
/** So many requests are sent by each sender after the acknowledgement. */
const ROUNDS_AFTER = 3;

const head = (line: string, secret: string, more = "") =>
  `${line} HTTP/1.1\r\nHost: a\r\nX-API-Key: ${secret}\r\n${more}\r\n`;
const data = (secret: string) => head("GET /data", secret);
/** Takes milliseconds, by way of Express. */
const heavy = head("GET /v1/keys?limit=100", ADMIN);
const QUESTION = JSON.stringify({ key: keyNumber(1).secret });
const question = (secret: string) =>
  head("POST /v1/keys/verify", secret, `Content-Type: application/json\r\nContent-Length: ${QUESTION.length}\r\n`);

/** Makes one round of requests. @returns whether it was sent after the acknowledgement, and the statuses of the key. */
type Sender = (line: Line, secret: string, isRevoked: () => boolean) => Promise<readonly [boolean, readonly number[]]>;

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
  // Behind a heavy request of another key on the same connection.
  async (line, secret, isRevoked) => {
    const isLate = isRevoked();
    line.send(heavy + data(secret) + data(secret));
    const [status, ...own] = await line.statuses(3);
    expect(status).toBe(200);
    return [isLate, own];
  },
  // The head early, the body some turns later; where it is not read any more, the connection ends.
  async ({ again }, secret, isRevoked) => {
    const line = await again();
    line.send(data(ADMIN) + question(secret));
    for (let turn = 0; turn < 3 && !isRevoked(); turn++) await nextTurn();
    const isLate = isRevoked();
    line.send(QUESTION);
    const [status, ...own] = await line.statuses(2);
    line.close();
    expect(status).toBe(200);
    return [isLate, own];
  },
  // The end of the head late.
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
const LINES_OF_EACH = 4;

/** What takes proofs late in a turn of the event loop, and what takes long behind that. */
const BURSTS = [data(ADMIN).repeat(4), data(ADMIN) + heavy + data(ADMIN) + heavy];
const STORM_LINES = 16;
const ROUNDS = 120;

/** Sends bursts on all of these connections at once, again and again, until it is told to stop. */
function aStorm(lines: readonly Line[]) {
  let isOver = false;
  let tell = () => {};
  let next = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const rage = async () => {
    while (!isOver) {
      for (const [index, line] of lines.entries()) line.send(BURSTS[index % BURSTS.length] ?? "");
      tell();
      next = new Promise<void>((resolve) => {
        tell = resolve;
      });
      const statuses = await Promise.all(lines.map((line) => line.statuses(4)));
      expect(new Set(statuses.flat())).toEqual(new Set([200]));
    }
    tell();
  };
  const raging = rage();
  return {
    /** Resolves when the next bursts have been sent, and have not been answered yet. */
    sent: () => next,
    end: () => {
      isOver = true;
      return raging;
    },
  };
}

/** Presents a key on many connections while it is revoked, and after that. */
async function revokeUnderLoad(lines: readonly Line[], secret: string, revoke: () => Promise<void>) {
  let isRevoked = false;
  const [early, late]: [number[], number[]] = [[], []];
  let [warm, isWarm] = [0, () => {}];
  const allWarm = new Promise<void>((resolve) => {
    isWarm = resolve;
  });
  const work = async (line: Line, index: number) => {
    const send = SENDERS[index % SENDERS.length] as Sender;
    for (let round = 0, left = ROUNDS_AFTER; left > 0; round++) {
      const [isLate, statuses] = await send(line, secret, () => isRevoked);
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

describe.each([1, 2])(
  "a key that is revoked while it is used on many connections, before %d process(es)",
  (workers) => {
    const url = `sqlite:${join(folder, `${workers}.db`)}`;
    const settings = {
      PORT: "0",
      DATABASE_URL: url,
      LOG_LEVEL: "fatal",
      LATCHKEY_WORKERS: String(workers),
      LATCHKEY_FAILED_KEYS_PER_MINUTE: "0",
    };
    let [base, next] = ["", 1];
    let open: Line[] = [];
    /** Those of one test: the service does not keep idle ones for long. */
    const connect = async (count: number): Promise<readonly Line[]> => {
      const port = Number(new URL(base).port);
      const lines = await Promise.all(Array.from({ length: count }, () => aLine(port)));
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

    /** Revokes so many keys, one after the other. @returns what the requests after the acknowledgements got. */
    const revokeMany = async (count: number, revoke: (id: string) => Promise<void>) => {
      const [early, late]: [number[], number[]] = [[], []];
      const lines = await connect(SENDERS.length * LINES_OF_EACH);
      const storm = aStorm(await connect(STORM_LINES));
      for (let index = 0; index < count; index++) {
        const { secret } = keyNumber(++next);
        const id = idOf(next);
        const found = await revokeUnderLoad(lines, secret, () => revoke(id));
        early.push(...found.early);
        late.push(...found.late);
      }
      await storm.end();
      expect(counted(early)["200"]).toBeGreaterThanOrEqual(count * lines.length);
      // One, four, two, one and one in a round of the senders.
      const sent = count * LINES_OF_EACH * ROUNDS_AFTER * 9;
      expect(counted(late)).toEqual({ 401: sent });
    };

    it("by another process on the file, in the middle of heavy work, is refused from the commit on", async () => {
      const file = new DatabaseSync(join(folder, `${workers}.db`), { timeout: 5_000 });
      const idle = await connect(16);
      const storm = aStorm(await connect(STORM_LINES));
      const late: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const { secret } = keyNumber(++next);
        for (const line of idle) line.send(data(secret));
        expect(counted((await Promise.all(idle.map((line) => line.statuses(1)))).flat())).toEqual({ 200: idle.length });
        await storm.sent();
        // Each round at another moment of the work.
        const until = performance.now() + (round % 10);
        while (performance.now() < until);
        file.prepare("UPDATE keys SET revoked_at = 1 WHERE id = ?").run(idOf(next));
        for (const line of idle) line.send(data(secret));
        late.push(...(await Promise.all(idle.map((line) => line.statuses(1)))).flat());
      }
      await storm.end();
      file.close();
      expect(counted(late)).toEqual({ 401: ROUNDS * idle.length });
    });

    it("over HTTP, by whichever process answers, is refused from the answer on", () =>
      revokeMany(40, async (id) => {
        const { status } = await ask(`${base}/v1/keys/${id}/revoke`, {
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
  },
);
