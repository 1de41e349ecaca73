import { parseKey } from "../keys/format.ts";
import { digestOf } from "../keys/hash.ts";
import type { Log } from "../lib/log.ts";
import { findKeyByDigest } from "../store/keys.ts";
import type { DeedDeps } from "./deeds.ts";
import { revokeKey } from "./revoke-key.ts";

/** Nobody leaks more keys than this in a minute; whoever sends more is guessing, or wants to keep the store busy. */
const LOOKUPS_PER_MINUTE = 20;
const MINUTE_MS = 60_000;

/**
 * Revokes keys whose text others may have read. It answers nobody, so that the answer cannot tell a key that exists
 * from one that does not, and it looks up only so many in a minute.
 */
export function createLeakReport(deps: DeedDeps, log: Pick<Log, "warn" | "error">): (text: string) => void {
  let minute = 0;
  let lookups = 0;

  return (text) => {
    const parsed = parseKey(text);
    const now = Math.floor(deps.clock.now() / MINUTE_MS);
    if (now !== minute) [minute, lookups] = [now, 0];
    if (parsed === undefined || ++lookups > LOOKUPS_PER_MINUTE) return;
    revokeByText(parsed.text, deps, log).catch((error: unknown) => log.error({ err: error }, "leaked key not revoked"));
  };
}

async function revokeByText(text: string, deps: DeedDeps, log: Pick<Log, "warn">) {
  const key = await findKeyByDigest(deps.db, digestOf(text));
  if (key === undefined || key.revokedAt !== null) return;
  await revokeKey(key.id, "came in clear text", deps);
  log.warn({ keyId: key.id }, "leaked key revoked");
}
