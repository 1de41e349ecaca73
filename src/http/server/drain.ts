import type { Server } from "node:http";
import { Server as NetServer } from "node:net";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { systemTicks, type TickSource } from "../../lib/time/clock.ts";
import { type Connections, connectionsOf } from "./connections.ts";

/** A load balancer that asks /readyz at least twice a second has noticed by then, and sends nothing new. */
export const GRACE_MS = 1_000;
const STEP_MS = 100;
/** As long as new connections come in, it goes on listening; but no longer than this. */
export const LISTEN_ON_AT_MOST_MS = 3_000;
/** What is still under way then is cut off. */
export const DRAIN_WITHIN_MS = 10_000;
const SWEEP_EVERY_MS = 20;
/** For so long a turn of the event loop is looked for in which nothing comes. */
const LOOK_FOR_QUIET_MS = 2_000;

export type DrainOptions = {
  /** Without the grace, and connections on which nothing happens are closed at once: a person waits for the prompt. */
  readonly isHurried?: boolean;
  readonly wait?: (ms: number) => Promise<unknown>;
};

/**
 * Ends `server` without losing an answer. Every answer says `Connection: close` from now on. It goes on listening for a
 * moment and as long as connections come in, for the system resets those that wait to be accepted when listening ends.
 * Then every connection ends with its next answer; one on which no request comes is kept for as long as its client was
 * promised (`Keep-Alive: timeout`), since a request may be on its way until then.
 * @returns how many requests were cut off, because they took longer than `DRAIN_WITHIN_MS`.
 */
export async function drain(server: Server, { isHurried = false, wait = pause }: DrainOptions = {}): Promise<number> {
  const connections = connectionsOf(server);
  connections.announceClose();
  let cutOff = 0;
  const cut = setTimeout(() => {
    cutOff = connections.destroyAll();
  }, DRAIN_WITHIN_MS);
  // Where there never was a connection, no one can be about to send a request.
  if (connections.acceptedSoFar() > 0 && !isHurried) await listenOn(connections, wait);
  shrinkQueue(server);
  await untilNoneWaits(connections, systemTicks);
  const closed = stopListening(server);
  const sweep = setInterval(() => isHurried && server.closeIdleConnections(), SWEEP_EVERY_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
  // Lets Node stop its own timers; the error that it no longer listens is expected.
  server.close(() => {});
  return cutOff;
}

async function listenOn({ acceptedSoFar }: Connections, wait: (ms: number) => Promise<unknown>) {
  await wait(GRACE_MS - STEP_MS);
  for (let waitedMs = GRACE_MS - STEP_MS; waitedMs < LISTEN_ON_AT_MOST_MS; waitedMs += STEP_MS) {
    const before = acceptedSoFar();
    await wait(STEP_MS);
    if (acceptedSoFar() === before) return;
  }
}

/**
 * Resolves in a turn of the event loop that has accepted whatever waited, and found nothing else to do since: what comes
 * between that and the end of listening is reset by the system. It sleeps before it looks, for the scheduler does not
 * interrupt a process that has just slept.
 */
async function untilNoneWaits({ acceptedSoFar, requestsSoFar }: Connections, ticks: TickSource) {
  const giveUpAt = ticks.now() + LOOK_FOR_QUIET_MS;
  for (let isQuiet = false; !isQuiet && ticks.now() < giveUpAt; ) {
    await pause(1);
    const before = acceptedSoFar() + requestsSoFar();
    await nextTurn();
    isQuiet = acceptedSoFar() + requestsSoFar() === before;
  }
}

/**
 * Lets at most one connection wait to be accepted: the system turns others away before they begin, and these clients are
 * refused instead of reset, so that they know that nothing was carried out. Node documents no way to say that of a server
 * that listens; without this, a burst that arrives in the last moment is reset.
 */
function shrinkQueue(server: Server) {
  const { _handle } = server as { readonly _handle?: { readonly listen?: (backlog: number) => number } };
  _handle?.listen?.(0);
}

/** Unlike `http.Server.close`, without closing kept connections: a request may just be arriving on any of them. */
function stopListening(server: Server): Promise<unknown> {
  return new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
}
