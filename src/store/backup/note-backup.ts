import type { DatabaseSync } from "node:sqlite";
import type { LastBackup } from "../database/look-at-database.ts";

/**
 * Notes in the database when its last backup was taken, for `latchkey status` and `latchkey doctor`. The backup itself
 * counts: where the note cannot be written, for example in a database of an older version, nothing is said.
 */
export function noteBackup(connection: DatabaseSync, { at, file }: LastBackup) {
  try {
    connection.prepare("UPDATE store_state SET backed_up_at = ?, backed_up_to = ?").run(at, file);
  } catch {
    // See above.
  }
}
