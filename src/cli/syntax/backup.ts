import { Command } from "commander";
import type { BackupOptions, RestoreOptions } from "../commands/backup.ts";
import type { Session } from "../session.ts";

export function backupCommand(session: Session): Command {
  return new Command("backup")
    .description("write a verified copy of the database, while the service runs")
    .argument("<file>", "where to; until it is complete it is called <file>.partial")
    .option("--force", "replace a file of that name, and what an interrupted backup left behind")
    .option("--json", 'print {"file", "bytes", "clients", "keys", "takenAt"}')
    .addHelpText("after", BACKUP_EXAMPLES)
    .action(async (file: string, options: BackupOptions) =>
      (await import("../commands/backup.ts")).writeBackup(session, file, options),
    );
}

const BACKUP_EXAMPLES = `
The copy holds digests of keys, never keys. Names and scopes are readable in it.

Examples:
  latchkey backup /var/backups/latchkey.db
  latchkey backup "/var/backups/latchkey-$(date +%F).db" --json`;

export function restoreCommand(session: Session): Command {
  return new Command("restore")
    .description("replace the database by a backup, while the service is stopped")
    .argument("<file>", "what latchkey backup wrote")
    .option("--exactly", "let keys work again that were revoked, disabled or rotated since the backup")
    .option("--yes", "do not ask")
    .option("--json", "print JSON")
    .addHelpText("after", RESTORE_EXAMPLES)
    .action(async (file: string, options: RestoreOptions) =>
      (await import("../commands/backup.ts")).restoreBackup(session, file, options),
    );
}

const RESTORE_EXAMPLES = `
The old database is kept beside the new one. Keys that were stopped since the backup stay stopped.

Examples:
  latchkey restore /var/backups/latchkey.db
  latchkey restore /var/backups/latchkey.db --yes --json`;
