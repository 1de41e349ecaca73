import { isIP } from "node:net";
import { redactKeys } from "../keys/format.ts";
import { newId } from "../keys/generate.ts";
import { appendEvent } from "../store/audit/audit.ts";
import type { AuditFacts } from "../store/audit/audit-event.ts";
import { isTransaction } from "../store/database/transact.ts";
import type { ActionDeps } from "./actions.ts";

/** What is recorded about an action, beside its principal. */
export type Recorded = Pick<AuditFacts, "action" | "target" | "at"> & {
  /** Short texts, such as the reason. Text that looks like a key is blacked out. */
  readonly details?: AuditFacts["details"];
};

type Recording = Pick<ActionDeps, "db" | "principal" | "random">;

/** The maximum length of a detail in the contract. */
const LONGEST_DETAIL = 4000;

/**
 * Records an action in its own transaction: without the event, the action does not happen.
 * @param inside the dependencies `within` the transaction.
 */
export async function record(inside: Recording, { action, target, at, details = {} }: Recorded): Promise<void> {
  const { db, principal, random } = inside;
  if (!isTransaction(db)) throw new Error("An action must be recorded inside its own transaction.");

  const { osUser, address, ...rest } = principal;
  await appendEvent(db, {
    id: newId("event", random),
    at,
    action,
    target,
    ...rest,
    address: toAddress(address),
    details: toDetails(osUser === undefined ? details : { osUser, ...details }),
  });
}

/** An address without the zone of IPv6, which is only valid on this machine; null for other text. */
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
