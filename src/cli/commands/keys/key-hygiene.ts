import { findHygiene } from "../../../admin/hygiene.ts";
import { findClient } from "../../../store/clients.ts";
import { everyPage } from "../../every-page.ts";
import { unknownClient } from "../../outcome-failures.ts";
import { type JsonOption, toJson, toTable } from "../../output.ts";
import { type Session, withActions } from "../../session.ts";

export type HygieneOptions = JsonOption & { readonly client?: string };

/** Prints the keys that need attention, and what to do about each. */
export async function showHygiene(session: Session, { client, json }: HygieneOptions) {
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
  session.out(rows.length === 0 ? "No findings.\n" : toTable(["ID", "CLIENT", "FINDING", "", "FIX"], rows));
}
