import { closeSync, fsyncSync, openSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import { StoreUnusable } from "../database/database.ts";
import { isDamage } from "../database/failure.ts";
import { type Counts, findDamage, inspectDatabase, requireLatchkeyDatabase } from "../database/inspect-database.ts";
import { cannotWrite } from "./database-paths.ts";

/** How a database is called towards the operator, and what to do when it is not ours, or damaged. */
export type Named = { readonly name: string; readonly hint: string };

/**
 * Copies the database `source` to the file `target` as it is at one instant, whoever writes to it meanwhile, and holds
 * the copy against it. The copy is complete by itself: nothing has to lie beside it.
 *
 * The instant is that of a read transaction. It blocks no writer, and a writer does not make the copy start again.
 * @param target a file that is empty, or not there
 * @throws StoreUnusable
 */
export async function copyDatabase(source: DatabaseSync, target: string, named: Named): Promise<Counts> {
  try {
    const counts = await copyPages(source, target, named);
    const copied = verify(target, named);
    if (copied.clients === counts.clients && copied.keys === counts.keys) return copied;
  } catch (cause) {
    if (cause instanceof StoreUnusable) throw cause;
    throw isDamage(cause) ? damaged(named, (cause as Error).message) : cannotWrite(target, cause);
  }
  throw new StoreUnusable(`The copy of ${named.name} is not equal to it: check the disk, and try again.`);
}

/** Each step goes to the disk before the next: flushed all at once, a large copy would hold up the service's own commits. */
const STEP_PAGES = 512;

async function copyPages(source: DatabaseSync, target: string, { name, hint }: Named): Promise<Counts> {
  const onDisk = openSync(target, "a");
  source.exec("BEGIN");
  try {
    const counts = requireLatchkeyDatabase(inspectDatabase(source), name, hint);
    await backup(source, target, { rate: STEP_PAGES, progress: () => fsyncSync(onDisk) });
    return counts;
  } finally {
    source.exec("ROLLBACK");
    closeSync(onDisk);
  }
}

function verify(target: string, named: Named): Counts {
  const copy = new DatabaseSync(target);
  try {
    // Out of WAL mode, for a copy has to be readable where nobody can write a WAL file beside it.
    copy.exec("PRAGMA journal_mode = DELETE");
    const finding = findDamage(copy);
    if (finding !== undefined) throw damaged(named, finding);
    return requireLatchkeyDatabase(inspectDatabase(copy), named.name, named.hint);
  } finally {
    copy.close();
  }
}

function damaged({ name, hint }: Named, finding: string): StoreUnusable {
  return new StoreUnusable(`${name} is damaged (${finding}): ${hint}.`);
}
