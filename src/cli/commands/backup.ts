import { operatorPrincipal } from "../../admin/actions.ts";
import { recordRestore } from "../../admin/record-restore.ts";
import { largestOf } from "../../lib/largest.ts";
import { systemRandom } from "../../lib/random.ts";
import { systemClock, toTimestamp } from "../../lib/time/clock.ts";
import { type Backup, backUp } from "../../store/backup/backup.ts";
import { type RestorePlan, restore } from "../../store/backup/restore.ts";
import type { RevocationToReapply } from "../../store/backup/revocations-to-reapply.ts";
import type { Counts } from "../../store/database/inspect-database.ts";
import { requireTerminal } from "../consent.ts";
import { CommandFailed } from "../failure.ts";
import { type JsonOption, toJson } from "../output.ts";
import { configOf, nameOfUser, type Session } from "../session.ts";
import { withProgress } from "../terminal/progress.ts";

export type BackupOptions = JsonOption & { readonly force?: true };

export async function writeBackup(session: Session, file: string, { force, json }: BackupOptions) {
  const { databaseUrl } = await configOf(session);
  const backup = await withProgress(session, "Copying the database", ({ report }) =>
    backUp(databaseUrl, file, { force: force === true, clock: systemClock, onProgress: report }),
  );
  session.out(json ? toJson({ ...backup, takenAt: toTimestamp(backup.takenAt) }) : backupText(backup));
}

function backupText({ file, bytes, takenAt, ...counts }: Backup): string {
  return `Backed up ${countsText(counts)} to ${file} (${bytes} bytes), as of ${toTimestamp(takenAt)}.
It holds digests of keys, never keys; names and scopes are readable in it, so protect it like the database.
`;
}

export type RestoreOptions = JsonOption & { readonly exactly?: true; readonly yes?: true };

export async function restoreBackup(session: Session, file: string, { yes, json, ...options }: RestoreOptions) {
  requireTerminal(session, { yes });

  const exactly = options.exactly === true;
  const { databaseUrl } = await configOf(session);
  const ask = async (plan: RestorePlan) => {
    if (yes) return true;
    session.err(planText(plan, exactly));
    return session.confirm(`Replace the database ${plan.database}?`);
  };
  const principal = operatorPrincipal(nameOfUser());
  const plan = await withProgress(session, "Copying the backup", ({ report, whileAsking }) =>
    restore(databaseUrl, file, {
      exactly,
      now: systemClock.now(),
      confirm: (found) => whileAsking(() => ask(found)),
      record: (done, db) => recordRestore(done, exactly, { db, clock: systemClock, random: systemRandom, principal }),
      onProgress: report,
    }),
  );
  if (plan === undefined) throw new CommandFailed("Nothing was restored.");
  session.out(json ? toJson(viewOf(plan, exactly)) : doneText(plan, exactly));
}

function viewOf({ file, database, restored, keptAs, revocationsToReapply, missing }: RestorePlan, exactly: boolean) {
  const since = revocationsToReapply.map(({ id, how, at }) => ({ id, how, at: toTimestamp(at) }));
  return {
    file,
    database,
    ...restored,
    keptAs: keptAs ?? null,
    stayStopped: exactly ? [] : since,
    workAgain: exactly ? since : [],
    missing: missing ?? null,
  };
}

function planText({ file, restored, revocationsToReapply, missing }: RestorePlan, exactly: boolean): string {
  return `${file} holds ${countsText(restored)}.\n${missingText(missing)}${revocationsText(revocationsToReapply, exactly)}`;
}

function doneText(
  { file, database, restored, keptAs, revocationsToReapply, missing }: RestorePlan,
  exactly: boolean,
): string {
  const kept = keptAs === undefined ? "" : `The database that was there is kept as ${keptAs}.\n`;
  return `Restored ${countsText(restored)} from ${file} into ${database}.
${kept}${missingText(missing)}${revocationsText(revocationsToReapply, exactly)}`;
}

function missingText(missing: Counts | undefined): string {
  if (missing === undefined) {
    return "The database that was there cannot be read. Revoke again what was revoked since the backup, and restart every service that ran on it.\n";
  }
  if (missing.clients === 0 && missing.keys === 0) return "";
  return `Not in the backup: ${countsText(missing)} that came later. Keys among them are refused; their holders need new ones.\n`;
}

function revocationsText(revocationsToReapply: readonly RevocationToReapply[], exactly: boolean): string {
  if (revocationsToReapply.length === 0) return "";
  const fate = exactly ? "WORKS AGAIN, as in the backup" : "stays so";
  const rows = revocationsToReapply.map(({ id, how, at }) => [id, HOW[how], toTimestamp(at)] as const);
  return `What was stopped since the backup ${fate}:\n${listText(rows)}`;
}

/** Lines with ids, how and since when. */
function listText(rows: readonly (readonly [string, string, string])[]): string {
  const width = largestOf(rows.map(([, how]) => how.length));
  return rows.map(([id, how, at]) => `  ${id}  ${how.padEnd(width)}  ${at}\n`).join("");
}

const HOW = {
  revoked: "revoked",
  disabled: "disabled",
  rotated: "rotated",
  "expires-earlier": "expires earlier",
} satisfies Record<RevocationToReapply["how"], string>;

function countsText({ clients, keys }: Counts): string {
  return `${clients} ${clients === 1 ? "client" : "clients"} and ${keys} ${keys === 1 ? "key" : "keys"}`;
}
