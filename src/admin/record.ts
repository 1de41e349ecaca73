import { isIP } from "node:net";
import type { Transaction } from "kysely";
import { redactKeys } from "../keys/format.ts";
import { newId } from "../keys/generate.ts";
import { appendEvent } from "../store/audit/audit.ts";
import type { AuditFacts } from "../store/audit/audit-event.ts";
import type { Tables } from "../store/database/schema.ts";
import type { ActionDeps } from "./actions.ts";

/** What is recorded of a deed; who did it and from where is known already. */
export type Recorded = Pick<AuditFacts, "action" | "target" | "at"> & {
  /** Short texts, such as the reason. What looks like a key is blacked out. */
  readonly details?: AuditFacts["details"];
};

type Recording = Pick<ActionDeps, "db" | "principal" | "random">;

/** As the contract bounds a detail. */
const LONGEST_DETAIL = 4000;

/**
 * Records a deed, as part of the transaction that it happens in: without its event there is no deed.
 * @param inside the dependencies `within` the transaction.
 */
export async function record(inside: Recording, { action, target, at, details = {} }: Recorded): Promise<void> {
  const { db, principal, random } = inside;
  if (!db.isTransaction) throw new Error("A deed is recorded inside its own transaction.");

  const { osUser, address, ...rest } = principal;
  await appendEvent(db as Transaction<Tables>, {
    id: newId("event", random),
    at,
    action,
    target,
    ...rest,
    address: toAddress(address),
    details: toDetails(osUser === undefined ? details : { osUser, ...details }),
  });
}

/** Without the zone of an IPv6 address, which means nothing elsewhere; null for what is no address. */
function toAddress(text: string | null): string | null {
  const [address = ""] = (text ?? "").split("%", 1);
  return isIP(address) === 0 ? null : address;
}

function toDetails(details: AuditFacts["details"]): AuditFacts["details"] {
  return Object.fromEntries(Object.entries(details).map(([name, text]) => [name, toDetail(text)]));
}

function toDetail(text: string): string {
  const clean = redactKeys(text).replace(/\p{Cc}/gu, " ");
  return clean.slice(0, LONGEST_DETAIL).toWellFormed();
}
