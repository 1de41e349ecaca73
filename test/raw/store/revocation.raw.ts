import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent } from "node:http";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { authorize } from "../../../src/auth/authorize.ts";
import { identify } from "../../../src/auth/identify.ts";
import { createKeyring } from "../../../src/auth/keyring.ts";
import { systemClock } from "../../../src/lib/time/clock.ts";
import { openStore } from "../../../src/store/database/database.ts";
import { transact } from "../../../src/store/database/transact.ts";
import { findKeyByDigest, markRevoked } from "../../../src/store/keys.ts";
import { SCOPES } from "../../support/builders.ts";
import { insertManyKeys, keyNumber } from "../../support/many-keys.ts";
import { aService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { fetchOnce } from "../../support/wire/client.ts";

const folder = temporaryFolder();

/** Authorizes keys as the service does, without HTTP, on a database with `count` keys. */
async function aStore(name: string, count: number) {
  const url = `sqlite:${join(folder, name)}`;
  const { db, changes } = await openStore(url);
  await insertManyKeys(db, count);
  const source = { findByDigest: (digest: string) => findKeyByDigest(db, digest) };
  const keys = createKeyring({ source, freshness: changes });
  const deps = { keys, clock: systemClock, environments: ["live"] } as const;
  const present = async (text: string) => authorize(await identify({ kind: "one", text }, deps), []).kind;
  return { url, db, present };
}

/** Does `work` for every number below `count`, `atOnce` of them at the same time. */
async function inParallel(atOnce: number, count: number, work: (number: number) => Promise<void>) {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Presents a key `before` times while it is being revoked, and `after` times once that is acknowledged. */
async function revokeUnder<T>(
  present: () => Promise<T>,
  revoke: () => Promise<void>,
  { before, after }: { readonly before: number; readonly after: number },
) {
  let isAcknowledged = false;
  const early: T[] = [];
  const presentEarly = async () => void early.push(await present());
  const presenting = Array.from({ length: before }, async (_, turns) => {
    // Each begins at another step of the revocation.
    for (let turn = 0; turn < turns && !isAcknowledged; turn++) await (turn % 2 ? nextTurn() : undefined);
    await presentEarly();
  });
  await revoke();
  isAcknowledged = true;
  const late = await Promise.all(Array.from({ length: after }, present));
  await Promise.all(presenting);
  return { early, late };
}

function counted(outcomes: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[String(outcome)] = (counts[String(outcome)] ?? 0) + 1;
  return counts;
}

describe("a revoked key", () => {
  it("is refused from the acknowledgement on: 100,000 requests and 5,000 revocations in one process", async () => {
    const KEYS = 5_000;
    const { db, present } = await aStore("one-process.db", KEYS);
    const [first, early, late]: [string[], string[], string[]] = [[], [], []];
    await inParallel(20, KEYS, async (number) => {
      const { secret, key } = keyNumber(number);
      first.push(await present(secret));
      const revoke = () => transact(db, (tx) => markRevoked(tx, key.id, systemClock.now(), null));
      const found = await revokeUnder(() => present(secret), revoke, { before: 9, after: 10 });
      early.push(...found.early);
      late.push(...found.late);
    });
    await db.destroy();
    expect(counted(first)).toEqual({ admitted: KEYS });
    expect(counted(late)).toEqual({ "key-revoked": KEYS * 10 });
    expect(early).toHaveLength(KEYS * 9);
    expect(counted(early)).toEqual({ admitted: expect.any(Number), "key-revoked": expect.any(Number) });
  });

  it("is refused from the acknowledgement of another process on: 10,000 revocations on one file", async () => {
    const KEYS = 10_000;
    const { url, db, present } = await aStore("two-processes.db", KEYS);
    const revoker = fork(join(import.meta.dirname, "../../support/process/revoker.ts"), [url], {
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    try {
      await once(revoker, "message");
      const acknowledged = new Map<string, () => void>();
      revoker.on("message", (id: string) => acknowledged.get(id)?.());
      const revoke = (id: string) =>
        new Promise<void>((resolve) => {
          acknowledged.set(id, resolve);
          revoker.send(id);
        });

      const [first, late]: [string[], string[]] = [[], []];
      await inParallel(4, KEYS, async (number) => {
        const { secret, key } = keyNumber(number);
        first.push(await present(secret));
        late.push(
          ...(
            await revokeUnder(
              () => present(secret),
              () => revoke(key.id),
              { before: 3, after: 1 },
            )
          ).late,
        );
      });
      expect(counted(first)).toEqual({ admitted: KEYS });
      expect(counted(late)).toEqual({ "key-revoked": KEYS });
    } finally {
      revoker.kill();
      await db.destroy();
    }
  });
});

describe("a key that is revoked over HTTP", () => {
  const service = aService({ DATABASE_URL: `sqlite:${join(folder, "http.db")}` });

  it("is refused from the response on: 4,000 requests and 200 revocations", async () => {
    const KEYS = 200;
    const agent = new Agent({ keepAlive: true });
    const admin = await service.issue({ client: "admin", scopes: SCOPES });
    const [early, late]: [number[], number[]] = [[], []];
    await inParallel(8, KEYS, async () => {
      const { secret, key } = await service.issue();
      const present = async () =>
        (await fetchOnce(`${service.url}/data`, { headers: { "x-api-key": secret }, agent })).status;
      const revoke = async () => {
        const headers = { "x-api-key": admin.secret };
        const { status } = await fetchOnce(`${service.url}/v1/keys/${key.id}/revoke`, {
          method: "POST",
          headers,
          agent,
        });
        expect(status).toBe(200);
      };
      const found = await revokeUnder(present, revoke, { before: 10, after: 10 });
      early.push(...found.early);
      late.push(...found.late);
    });
    agent.destroy();
    expect(counted(late)).toEqual({ 401: KEYS * 10 });
    expect(Object.keys(counted(early)).sort()).toEqual(["200", "401"]);
  });
});
