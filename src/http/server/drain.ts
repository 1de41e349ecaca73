import type { Server } from "node:http";
import { Server as NetServer } from "node:net";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { systemTicks, type TickSource } from "../../lib/time/clock.ts";
import { type Connections, connectionsOf } from "./connections.ts";

/** By then a load balancer that checks /readyz twice a second sends no new connections. */
const GRACE_MS = 1_000;
const STEP_MS = 100;
/** The server keeps listening while new connections arrive, but no longer than this. */
const LISTEN_ON_AT_MOST_MS = 3_000;
/** Requests that take longer are cut off. */
export const DRAIN_WITHIN_MS = 10_000;
const SWEEP_EVERY_MS = 20;
/** How long to wait for a turn of the event loop without a new connection or request. */
const LOOK_FOR_QUIET_MS = 2_000;

export type DrainOptions = {
  /** Skips the grace period and closes idle connections at once: a person waits at a terminal. */
  readonly isHurried?: boolean;
  /** Called when the server is about to stop listening: ends connections that no response will end. */
  readonly endStreams?: () => void;
  readonly wait?: (ms: number) => Promise<unknown>;
};

/**
 * Ends `server` without losing a response. From now on every response has `Connection: close`. The server keeps listening
 * for a moment, and while connections arrive: when listening ends, the operating system resets those that wait to be
 * accepted. Each connection ends with its next response; an idle one stays open for as long as its client was promised
 * (`Keep-Alive: timeout`), since a request may be on its way until then.
 * @returns how many requests were cut off, because they took longer than `DRAIN_WITHIN_MS`.
 */
export async function drain(
  server: Server,
  { isHurried = false, endStreams, wait = pause }: DrainOptions = {},
): Promise<number> {
  const connections = connectionsOf(server);
  connections.announceClose();
  let cutOff = 0;
  const cut = setTimeout(() => {
    cutOff = connections.destroyAll();
  }, DRAIN_WITHIN_MS);
  // If there never was a connection, no client is about to send a request.
  if (connections.acceptedSoFar() > 0 && !isHurried) await listenOn(connections, wait);
  endStreams?.();
  shrinkQueue(server);
  await untilQuiet(connections, systemTicks);
  const closed = stopListening(server);
  const sweep = setInterval(() => isHurried && server.closeIdleConnections(), SWEEP_EVERY_MS);
  await closed;
  // The sockets themselves close later in the same turn of the event loop, and some responses are recorded only then.
  await nextTurn();
  await nextTurn();
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
 * Resolves in a turn of the event loop that has accepted all waiting connections and found nothing else to do: the
 * operating system resets those that arrive between that turn and the end of listening. It sleeps before each check,
 * because the scheduler is less likely to interrupt a process that has just slept.
 */
async function untilQuiet({ acceptedSoFar, requestsSoFar }: Connections, ticks: TickSource) {
  const giveUpAt = ticks.now() + LOOK_FOR_QUIET_MS;
  for (let isQuiet = false; !isQuiet && ticks.now() < giveUpAt; ) {
    await pause(1);
    const before = acceptedSoFar() + requestsSoFar();
    await nextTurn();
    isQuiet = acceptedSoFar() + requestsSoFar() === before;
  }
}

/**
 * Lets at most one connection wait to be accepted. Other clients are then refused instead of reset, so they know that
 * their request was not carried out; without this, a burst that arrives in the last moment is reset. Node has no
 * documented way to change the queue of a listening server, hence the cast; if the handle changes, nothing happens.
 */
function shrinkQueue(server: Server) {
  const { _handle } = server as { readonly _handle?: { readonly listen?: (backlog: number) => number } };
  _handle?.listen?.(0);
}

/** Unlike `http.Server.close`, it keeps idle connections open: a request may be about to arrive on any of them. */
function stopListening(server: Server): Promise<unknown> {
  return new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
}
