import { Command } from "commander";
import type { ListOptions, PruneOptions } from "../commands/audit.ts";
import type { JsonOption } from "../output.ts";
import type { Session } from "../session.ts";
import { wideOption } from "./shared-options.ts";

export function auditCommand(session: Session): Command {
  const audit = new Command("audit").description("see who did what, and whether the log was tampered with");
  addList(audit, session);
  addChain(audit, session);
  return audit;
}

function addList(audit: Command, session: Session) {
  audit
    .command("list")
    .description("list what was done, newest first")
    .option("--action <action>", "only this action, such as key.revoked")
    .option("--key <id>", "only what this key did, and what was done to it")
    .option("--client <client>", "id or name: only what its keys did, and what was done to it or them")
    .option(
      "--since <start>",
      "only what happened in the last 7d, 12h or 1mo, or since 2027-01-31 or 2027-01-31T12:00:00Z",
    )
    .addOption(wideOption())
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey audit list --client my-app --since 7d")
    .action(async (options: ListOptions) => (await import("../commands/audit.ts")).listAuditEvents(session, options));
}

/** What is about the whole log. */
function addChain(audit: Command, session: Session) {
  audit
    .command("verify")
    .description("follow the chain of hashes; exits with 1 where it is broken")
    .option("--head <hash>", "a head that you stored elsewhere; without it, removed last events go unnoticed")
    .action(async (options: { readonly head?: string }) =>
      (await import("../commands/audit.ts")).verifyAudit(session, options),
    );

  audit
    .command("head")
    .description("show the end of the chain, to store on another machine")
    .option("--json", 'print {"hash": "…", "count": …, "at": "…"}')
    .action(async (options: JsonOption) => (await import("../commands/audit.ts")).showHead(session, options));

  audit
    .command("prune")
    .description("delete old events; the rest still verifies")
    .requiredOption(
      "--before <start>",
      "those older than 365d, 6mo or 1y, or from before 2027-01-31 or 2027-01-31T12:00:00Z",
    )
    .option("--yes", "do not ask")
    .addHelpText("after", "\nExample:\n  latchkey audit prune --before 365d --yes")
    .action(async (options: PruneOptions) => (await import("../commands/audit.ts")).prune(session, options));
}
