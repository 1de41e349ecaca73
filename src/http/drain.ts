import type { Server } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** Long enough for clients that keep their connection to be told, with their next answer, not to. */
const GRACE_MS = 200;
const DRAIN_AT_MOST_MS = 10_000;
const SWEEP_EVERY_MS = 20;

/**
 * Ends `server` without cutting off anybody who behaves: requests in flight are finished, and clients have a moment to
 * read `Connection: close` on an answer before idle connections are closed. After ten seconds everything is.
 */
export async function drain(server: Server) {
  const connections = await new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count ?? 0)));
  if (connections > 0) await wait(GRACE_MS);

  const closed = new Promise((resolve) => server.close(resolve));
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS);
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_AT_MOST_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
