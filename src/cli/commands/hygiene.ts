import type { Command } from "commander";
import { findHygiene } from "../../admin/hygiene.ts";
import { findClient } from "../../store/clients.ts";
import { everyPage } from "../every-page.ts";
import { unknownClient } from "../outcome-failures.ts";
import { toJson, toTable } from "../output.ts";
import { type Session, withActions } from "../session.ts";
import type { JsonOption } from "./rotation.ts";

type HygieneOptions = JsonOption & { readonly client?: string };

/** Adds the word that finds keys which somebody should look at. */
export function addHygiene(keys: Command, session: Session) {
  keys
    .command("hygiene")
    .description("find active keys that never expire, expire soon, lie idle, or may do more than they need")
    .option("--client <client>", "id or name: only the keys that this client holds")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey keys hygiene --client my-app")
    .action((options: HygieneOptions) => show(session, options));
}

async function show(session: Session, { client, json }: HygieneOptions) {
  const found = await withActions(session, async ({ db, clock, policy, neededScopes }) => {
    const holder = client === undefined ? undefined : await findClient(db, client);
    if (client !== undefined && holder === undefined) throw unknownClient(client);
    const deps = { db, neededScopes, hasPlans: policy.plans.size > 0 };
    const filter = { clientId: holder?.id };
    return everyPage("keys", (request) => findHygiene(deps, request, filter, clock.now()));
  });
  if (json) {
    const items = found.map(({ key: { id, name }, findings }) => ({ key: { id, name }, findings }));
    return session.out(toJson({ items }));
  }
  const rows = found.flatMap(({ key, findings }) =>
    findings.map(({ kind, detail, command }) => [key.id, key.client.name, kind, detail, command]),
  );
  session.out(
    rows.length === 0
      ? "There is nothing to look at.\n"
      : toTable(["ID", "CLIENT", "FINDING", "", "WHAT MENDS IT"], rows),
  );
}
