import { digestOf } from "../../keys/digest.ts";
import { parseKey } from "../../keys/format.ts";
import type { Log } from "../../lib/log/log.ts";
import { findKeyByDigest } from "../../store/keys.ts";
import { type ActionDeps, SYSTEM_PRINCIPAL } from "../actions.ts";
import { revokeKey } from "./revoke-key.ts";

/** More than this from one address is guessing, or an attempt to keep the store busy. */
const LOOKUPS_PER_MINUTE = 20;
/** The addresses that are counted separately; all others share one count. */
const MAX_ADDRESSES = 10_000;
const MINUTE_MS = 60_000;

/**
 * Revokes keys whose text others may have read. It returns nothing, so that the caller cannot learn whether a key
 * exists. It looks up a limited number per minute and address, so that guesses from one address do not suppress reports
 * from another.
 */
export function createLeakReport(deps: ActionDeps, log: Pick<Log, "warn" | "error">): LeakReport {
  let minute = 0;
  const lookups = new Map<string, number>();

  return (text, from, requestId) => {
    const parsed = parseKey(text);
    const now = Math.floor(deps.clock.now() / MINUTE_MS);
    if (now !== minute) lookups.clear();
    minute = now;
    if (parsed === undefined) return;

    const address = lookups.has(from) || lookups.size < MAX_ADDRESSES ? from : "others";
    const count = (lookups.get(address) ?? 0) + 1;
    lookups.set(address, count);
    if (count === LOOKUPS_PER_MINUTE + 1) log.warn({ address }, "too many keys in clear text; no more are looked up");
    if (count > LOOKUPS_PER_MINUTE) return;
    const principal = { ...SYSTEM_PRINCIPAL, address: from, requestId };
    revokeByText(parsed.text, { ...deps, principal }, log).catch((error: unknown) =>
      log.error({ err: error }, "leaked key not revoked"),
    );
  };
}

/** Reports the text of a key that others may have read, with the address and the id of the request. Never throws. */
export type LeakReport = (text: string, address: string, requestId: string) => void;

async function revokeByText(text: string, deps: ActionDeps, log: Pick<Log, "warn">) {
  const key = await findKeyByDigest(deps.db, digestOf(text));
  if (key === undefined || key.revokedAt !== null) return;
  await revokeKey(key.id, { reason: "came in clear text" }, deps);
  log.warn({ keyId: key.id }, "leaked key revoked");
}
