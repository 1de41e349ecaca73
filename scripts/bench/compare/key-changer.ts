// Creates and revokes keys in turn at a steady rate, as a process of its own: what an operator does with the command
// line. The service sees each change as the commit of another process.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setInterval as everyMs } from "node:timers/promises";
import { OPERATOR_AUTHORITY } from "../../../src/admin/actions.ts";
import { issueKey } from "../../../src/admin/keys/issue-key.ts";
import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import { aClient, actionsOn } from "../../../test/support/builders.ts";
import { GENERATOR_CORE, pinned } from "./load.ts";

/** The share of the changes due that must have been made for a measurement to count. */
const ENOUGH = 0.8;

const LOOK_EVERY_MS = 2;

export type KeyChanger = {
  readonly begin: () => void;
  /** @throws Error if it made much fewer changes than it should have. */
  readonly pause: () => Promise<void>;
  readonly end: () => void;
};

/** @param database the URL of a database that `fillKeys` has filled. */
export async function startKeyChanger(database: string, perSecond: number): Promise<KeyChanger> {
  const words = [process.execPath, "--disable-warning=ExperimentalWarning", import.meta.filename];
  const [command = "", ...rest] = pinned(GENERATOR_CORE, [...words, database, String(perSecond)]);
  const child = spawn(command, rest, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  await once(child, "message");
  let begunAt = 0;
  return {
    begin: () => {
      begunAt = performance.now();
      child.send("begin");
    },
    pause: async () => {
      const due = Math.floor(((performance.now() - begunAt) / 1000) * perSecond);
      const replied = once(child, "message");
      child.send("pause");
      const [made] = await replied;
      if (made < due * ENOUGH) throw new Error(`${made} keys were changed instead of ${due}.`);
    },
    end: () => void child.kill(),
  };
}

async function changeKeys(database: string, perSecond: number) {
  const change = await createChange(database);
  let begunAt: number | undefined;
  let made = 0;
  process.on("message", (word) => {
    begunAt = word === "begin" ? performance.now() : undefined;
    if (word === "begin") made = 0;
    else process.send?.(made);
  });
  process.send?.("ready");
  for await (const _ of everyMs(LOOK_EVERY_MS)) {
    if (begunAt === undefined || made >= ((performance.now() - begunAt) / 1000) * perSecond) continue;
    await change();
    made++;
  }
}

/** Issues a key, or revokes the one that was issued last. */
async function createChange(database: string) {
  const deps = { ...actionsOn(await openDatabase(database)), scopes: ["bench:use"], maxKeysPerClient: 1_000_000 };
  const terms = { client: aClient().id, name: "changing", scopes: ["bench:use"], environment: "live" } as const;
  let latest: string | undefined;
  return async () => {
    if (latest !== undefined) {
      await revokeKey(latest, { reason: null }, deps);
      latest = undefined;
      return;
    }
    const issued = await issueKey({ ...terms, expiresAt: null }, OPERATOR_AUTHORITY, deps);
    if (issued.kind !== "issued") throw new Error(`The key was not issued: ${issued.kind}`);
    latest = issued.key.id;
  };
}

if (import.meta.main) await changeKeys(process.argv[2] ?? "", Number(process.argv[3]));
