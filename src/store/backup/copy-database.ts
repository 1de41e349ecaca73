import { closeSync, fsyncSync, openSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import { StoreUnusable } from "../database/database.ts";
import { errorFactsOf, isDamage } from "../database/failure.ts";
import { type Counts, findDamage, inspectDatabase, requireLatchkeyDatabase } from "../database/inspect-database.ts";
import { cannotWrite } from "./file-errors.ts";

/** A database as the operator should read it, and what to do when it cannot be used. */
export type Named = { readonly name: string; readonly hint: string };

/** How far a copy is, in pages. */
export type OnProgress = (done: number, total: number) => void;

/**
 * Copies the database `source` to the file `target` as it is at one instant, while others may write to it, and verifies
 * the copy. The copy is complete without other files beside it.
 *
 * The instant is that of a read transaction: it blocks no writer, and a write does not restart the copy.
 * @param target a file that is empty or does not exist
 * @throws StoreUnusable
 */
export async function copyDatabase(
  source: DatabaseSync,
  target: string,
  named: Named,
  onProgress?: OnProgress,
): Promise<Counts> {
  try {
    const counts = await copyPages(source, target, named, onProgress);
    const copied = verify(target, named);
    if (copied.clients === counts.clients && copied.keys === counts.keys) return copied;
  } catch (cause) {
    if (cause instanceof StoreUnusable) throw cause;
    throw isDamage(cause) ? damaged(named, errorFactsOf(cause).message) : cannotWrite(target, cause);
  }
  throw new StoreUnusable(`The copy of ${named.name} differs from it: check the disk, and try again.`);
}

/** Every step is flushed before the next: a large copy flushed at once would delay the service's own commits. */
const STEP_PAGES = 512;

async function copyPages(source: DatabaseSync, target: string, { name, hint }: Named, onProgress?: OnProgress) {
  const onDisk = openSync(target, "a");
  source.exec("BEGIN");
  try {
    const counts = requireLatchkeyDatabase(inspectDatabase(source), name, hint);
    const progress = ({ totalPages, remainingPages }: { totalPages: number; remainingPages: number }) => {
      fsyncSync(onDisk);
      onProgress?.(totalPages - remainingPages, totalPages);
    };
    await backup(source, target, { rate: STEP_PAGES, progress });
    return counts;
  } finally {
    source.exec("ROLLBACK");
    closeSync(onDisk);
  }
}

function verify(target: string, named: Named): Counts {
  const copy = new DatabaseSync(target);
  try {
    // Not in WAL mode, so that the copy can be read where no WAL file can be written beside it.
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
