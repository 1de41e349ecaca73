import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "../../config/config.ts";
import { type Instant, systemClock } from "../../lib/time/clock.ts";
import { loadBuiltInContract } from "../../service/built-in-contract.ts";
import { type DatabaseFacts, lookAtDatabase } from "../../store/database/look-at-database.ts";
import type { Session } from "../session.ts";
import type { Installation } from "./check.ts";
import { findContract } from "./find-contract.ts";
import { findService } from "./find-service.ts";

/** Gathers what is there, and changes nothing: no database is created or upgraded. */
export async function lookAround(
  { contract: known }: Pick<Session, "contract">,
  config: Config,
): Promise<Installation> {
  const contract = await findContract(config, known ?? loadBuiltInContract());
  const service = await findService(config, contract.kind === "sound" ? contract.prefix : "");
  const database = lookAtDatabase(config.databaseUrl);
  const now = systemClock.now();
  return { config, contract, service, database, isInUse: isRecent(database, now), now };
}

/** A service writes a heartbeat every five seconds. */
const HEARTBEAT_MS = 15_000;

function isRecent(database: DatabaseFacts, now: Instant): boolean {
  return database.kind === "usable" && Math.abs(now - database.beatAt) < HEARTBEAT_MS;
}

const POLL_MS = 250;
const MOST_POLLS = 28;

/**
 * The same, but where a service and the heartbeat of the database do not fit together, it waits for the next heartbeat:
 * the service may just have started, or just have stopped.
 */
export async function withHeartbeat(installation: Installation): Promise<Installation> {
  const { config, service, database, isInUse } = installation;
  if (database.kind !== "usable" || service.kind === "other" || isInUse === (service.kind === "latchkey")) {
    return installation;
  }
  for (let polls = 0; polls < MOST_POLLS; polls++) {
    await wait(POLL_MS);
    const later = lookAtDatabase(config.databaseUrl);
    if (later.kind === "usable" && later.beatAt !== database.beatAt) return { ...installation, isInUse: true };
  }
  return { ...installation, isInUse: false };
}
