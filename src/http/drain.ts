import type { Server } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** Long enough for clients that keep their connection to be told, with their next answer, not to. */
const GRACE_MS = 200;
const STEP_MS = 100;
/** A load balancer that asks /readyz has noticed by then. */
const LISTEN_ON_AT_MOST_MS = 3_000;
const FINISH_WITHIN_MS = 7_000;
const SWEEP_EVERY_MS = 20;

/**
 * Ends `server` without cutting off anybody who behaves. While somebody is connected it goes on listening for a
 * moment, so that answers can say `Connection: close`, and as long as new connections come in, for the system resets
 * those that wait to be accepted when listening ends. Then requests in flight are finished, and after ten seconds
 * everything is closed.
 */
export async function drain(server: Server) {
  await settle(server);
  const closed = new Promise((resolve) => server.close(resolve));
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS);
  const cut = setTimeout(() => server.closeAllConnections(), FINISH_WITHIN_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

async function settle(server: Server) {
  const connections = await new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count ?? 0)));
  if (connections === 0) return;

  let arrivals = 0;
  server.on("connection", () => arrivals++);
  for (let waitedMs = 0; waitedMs < LISTEN_ON_AT_MOST_MS; waitedMs += STEP_MS) {
    const before = arrivals;
    await wait(STEP_MS);
    if (arrivals === before && waitedMs + STEP_MS >= GRACE_MS) return;
  }
}
