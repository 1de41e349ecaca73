import { pruneAudit } from "../../admin/prune-audit.ts";
import { viewOfEvent } from "../../admin/views.ts";
import { commandText } from "../../lib/command-text.ts";
import { type Instant, optionalTimestamp, systemClock, toTimestamp } from "../../lib/time/clock.ts";
import type { GuardedClock } from "../../lib/time/guarded-clock.ts";
import { readHead } from "../../store/audit/audit.ts";
import type { Checkpoint } from "../../store/audit/audit-checkpoint.ts";
import { AUDIT_ACTIONS, type AuditAction, type AuditEvent } from "../../store/audit/audit-event.ts";
import type { TableFault } from "../../store/audit/audit-tables.ts";
import { type AuditFilter, listEvents } from "../../store/audit/list-events.ts";
import { type CheckpointFault, type EventFault, type Verdict, verifyChain } from "../../store/audit/verify.ts";
import { findClient } from "../../store/clients.ts";
import type { Database } from "../../store/database/schema.ts";
import { findKey } from "../../store/keys.ts";
import { requireConsent, requireTerminal } from "../consent.ts";
import { everyPage } from "../every-page.ts";
import { CommandFailed, UsageError } from "../failure.ts";
import { isDuration, parseStart, requireUnambiguous } from "../option-values.ts";
import { unknownClient, unknownKey } from "../outcome-failures.ts";
import { type JsonOption, toJson } from "../output.ts";
import { type Session, withActions, withChanges } from "../session.ts";
import { withProgress } from "../terminal/progress.ts";
import { paintSheet } from "../terminal/sheet.ts";
import { type Column, paintTable, type TableOptions } from "../terminal/table.ts";
import { createTimes, type Times } from "../terminal/times.ts";

export type ListOptions = JsonOption &
  TableOptions & {
    readonly action?: string;
    readonly key?: string;
    readonly client?: string;
    readonly since?: string;
  };

/** Prints the events that match; fails after that if some are damaged. */
export async function listAuditEvents(session: Session, options: ListOptions) {
  const damaged: string[] = [];
  const { events, now } = await withActions(session, async ({ db, clock }) => {
    const now = clock.now();
    const filter = await toFilter(options, db, now);
    const events = await everyPage("events", async (request) => {
      const page = await listEvents(db, request, filter);
      for (const id of page.damaged) damaged.push(id);
      return page;
    });
    return { events, now };
  });
  if (options.json) session.out(toJson({ items: events.map(viewOfEvent), nextCursor: null }));
  else if (events.length === 0) session.out("No events match.\n");
  else session.show(paintTable(columnsOf(createTimes(session.screen, now, options)), events, session.screen, options));
  if (damaged.length === 0) return;
  const [one = "", ...more] = damaged;
  const which = more.length === 0 ? `${one} is damaged and was` : `${one} and ${more.length} more are damaged and were`;
  throw new CommandFailed(`${which} left out; run: ${commandText("audit verify")}, and see docs/audit.md.`);
}

async function toFilter({ action, key, client, since }: ListOptions, db: Database, now: Instant): Promise<AuditFilter> {
  if (action !== undefined && !isAction(action)) {
    throw new UsageError(`Unknown action ${action}: choose one of ${AUDIT_ACTIONS.join(", ")}.`);
  }
  if (key !== undefined && !(await findKey(db, key))) throw unknownKey(key);
  const clientId = client && (await findClient(db, client))?.id;
  if (client !== undefined && !clientId) throw unknownClient(client);
  return { action, keyId: key, clientId, from: since === undefined ? undefined : parseStart(since, now) };
}

function isAction(text: string): text is AuditAction {
  return AUDIT_ACTIONS.some((action) => action === text);
}

function columnsOf(times: Times): readonly Column<AuditEvent>[] {
  return [
    { title: "AT", cell: ({ at }) => times.inCell(at) },
    { title: "ACTION", cell: ({ action }) => action },
    { title: "TARGET", cell: ({ target }) => target.id },
    { title: "BY", cell: authorOf, cutTo: 13, dropped: 1 },
    { title: "FROM", cell: ({ address }) => address ?? "", dropped: 3 },
    { title: "DETAILS", cell: detailsOf, cutTo: 12, dropped: 2 },
  ];
}

function authorOf({ actor, details: { osUser } }: AuditEvent): string {
  return actor.keyId ?? (osUser === undefined ? actor.kind : `${actor.kind} ${osUser}`);
}

function detailsOf({ details: { osUser: _, ...others } }: AuditEvent): string {
  return Object.entries(others)
    .map(([name, text]) => `${name}=${text}`)
    .join(" ");
}

export async function verifyAudit(session: Session, { head }: { readonly head?: string }) {
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head)) {
    throw new UsageError(`Invalid --head: use the 64 hexadecimal digits that ${commandText("audit head")} prints.`);
  }
  const verdict = await withActions(session, ({ db }) => verified(session, db, head));
  if (verdict.kind !== "intact") throw new CommandFailed(failureText(verdict, head));
  const { count, hash, checkpoint, prunedSince } = verdict;
  const pruned = checkpoint ? `, ${checkpoint.count} of them pruned` : "";
  const found = head === undefined ? "" : "The head that you gave is in the chain.\n";
  const later = prunedSince
    ? `The pruning ${prunedSince.id} came after that head, so the head does not cover it: make sure that you did it.\n`
    : "";
  session.out(`Intact: ${count} events${pruned}. The head is ${hash}.\n${found}${later}`);
}

async function verified(session: Session, db: Database, head?: string): Promise<Verdict> {
  // Where this fails, the log is damaged, which the verdict explains better.
  const count = session.showProgress && (await readHead(db).catch(() => undefined))?.count;
  return withProgress(session, "Verifying the audit log", ({ report }) =>
    verifyChain(db, head, (events) => report(events, count ?? 0)),
  );
}

function failureText(verdict: Exclude<Verdict, { readonly kind: "intact" }>, head: string | undefined): string {
  if (verdict.kind === "broken") return `Broken at ${verdict.eventId}: ${REASONS[verdict.reason]}.`;
  if (verdict.kind === "checkpoint-broken") return `Broken at its beginning: ${CHECKPOINT_REASONS[verdict.reason]}.`;
  if (verdict.kind === "tables-broken") return `Broken around ${verdict.name}: ${TABLE_REASONS[verdict.reason]}.`;
  const { checkpoint } = verdict;
  const older = checkpoint
    ? `, or it is older than the events up to ${toTimestamp(checkpoint.at)}, which were pruned`
    : "";
  return `The head ${head} is not in the chain: events were removed from its end or rewritten${older}.`;
}

const REASONS = {
  changed: "it was changed after it was written",
  misplaced: "it does not follow the event before it: one was removed, added or moved",
  misnumbered: "its number does not follow that of the event before it: one was removed, added or moved",
} satisfies Record<EventFault, string>;

const CHECKPOINT_REASONS = {
  invalid: "the checkpoint is not one that a pruning leaves",
  unrecorded:
    "the last pruning in the log did not leave this checkpoint: something other than the service removed the oldest events",
} satisfies Record<CheckpointFault, string>;

const TABLE_REASONS = {
  replaced: "it is not the table that the service created: that one was removed, or something else has its name",
  trigger: "the service created no such trigger: it can change what is written",
  indexes: "its indexes are not those that the service created: audit list can hide events",
  entries: "an index does not match the table, so audit list can hide events; or a row holds an impossible value",
} satisfies Record<TableFault, string>;

export async function showHead(session: Session, { json }: JsonOption) {
  const { hash, count, at } = await withActions(session, ({ db }) => readHead(db));
  if (json) session.out(toJson({ hash, count, at: optionalTimestamp(at) }));
  else {
    const entries = { hash, events: String(count), last: optionalTimestamp(at) ?? "never" };
    session.show(paintSheet(entries, session.screen));
  }
}

export type PruneOptions = { readonly before: string; readonly yes?: true };

export async function prune(session: Session, { before, yes }: PruneOptions) {
  requireUnambiguous("--before", before);
  requireTerminal(session, { yes });

  const checkpoint = await withChanges(session, async (deps) => {
    const now = deps.clock.now();
    const start = parseStart(before, now);
    requireSettled(before, deps.clock);
    if (start > now) throw new UsageError(`--before ${before} is in the future: use a time in the past.`);
    // Pruning could delete the evidence of a broken chain.
    const verdict = await verified(session, deps.db);
    if (verdict.kind !== "intact") throw new CommandFailed(`Nothing was pruned. ${failureText(verdict, undefined)}`);
    const question = `Delete all audit events before ${toTimestamp(start)} for good?`;
    await requireConsent(session, { yes }, question, "Nothing was pruned.");
    return withProgress(session, "Deleting events", () => pruneAudit(start, deps));
  });
  session.out(checkpoint ? prunedText(checkpoint) : "No events are that old.\n");
}

/** A wrong clock would delete too much, for good. A time that was typed does not depend on the clock. */
function requireSettled(before: string, clock: GuardedClock) {
  if (clock.isSettled() || !isDuration(before)) return;
  throw new CommandFailed(
    `Nothing was pruned. The clock says ${toTimestamp(systemClock.now())}, which is far from when a service last ran on this database: set the clock, or, if it is right, use a time such as --before 2026-01-31T12:00:00Z.`,
  );
}

function prunedText({ at, count }: Checkpoint): string {
  return `Pruned up to ${toTimestamp(at)}; ${count} events have been deleted in total. Store the new head: ${commandText("audit head")}.\n`;
}
