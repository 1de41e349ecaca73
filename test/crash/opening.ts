import { copyFileSync, existsSync, rmSync } from "node:fs";
import { openDatabase } from "../../src/store/database/database.ts";

/** How long it takes to open the same database after a kill and after a clean end. */
export type OpeningTimes = { readonly killedMs: number; readonly closedMs: number };

const PARTS = ["", "-wal", "-shm"];

/** Opens a copy of the database that a kill has left at `path`, twice: the first time closes it cleanly. */
export async function timeOpening(path: string): Promise<OpeningTimes> {
  const copy = `${path}.copy`;
  for (const part of PARTS) if (existsSync(path + part)) copyFileSync(path + part, copy + part);
  const killedMs = await openAndClose(copy);
  const closedMs = await openAndClose(copy);
  for (const part of PARTS) rmSync(copy + part, { force: true });
  return { killedMs, closedMs };
}

async function openAndClose(path: string): Promise<number> {
  const startedAt = performance.now();
  const db = await openDatabase(`sqlite:${path}`);
  const openMs = performance.now() - startedAt;
  await db.destroy();
  return openMs;
}
