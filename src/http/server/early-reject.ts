import type { IncomingMessage, ServerResponse } from "node:http";
import type { FailedKeyLimiter } from "../../auth/failed-key-limiter.ts";
import { parseKey } from "../../keys/format.ts";
import type { Log } from "../../lib/log/log.ts";
import type { TickSource, Ticks } from "../../lib/time/clock.ts";
import type { FindPeer } from "../message/find-peer.ts";
import { toSeconds } from "../reply/limit-headers.ts";
import { TOO_MANY_FAILURES } from "../reply/refusals.ts";
import { isFromNginx } from "../stages/forward-auth/forward-auth.ts";
import { type EarlyProblemDeps, toEarlyProblem } from "./early-problem.ts";

type EarlyRejectDeps = EarlyProblemDeps & {
  /** The headers that hold nothing but a key, in lower case. */
  readonly keyHeaders: readonly string[];
  readonly failedKeys: FailedKeyLimiter;
  readonly findPeer: FindPeer;
  readonly isStopping: () => boolean;
  readonly ticks: TickSource;
  readonly log: Log;
};

/**
 * Refuses malformed keys from addresses that have failed too often, before any other work: in a flood of such requests,
 * refusing them in the pipeline would take the time of all other clients. In doubt, the request goes to the pipeline.
 * @returns whether the response was sent.
 */
export function createEarlyReject(deps: EarlyRejectDeps) {
  const { keyHeaders, failedKeys, findPeer, isStopping, ticks, log } = deps;
  const logAddress = createAddressLog(log, ticks);

  return (req: IncomingMessage, res: ServerResponse): boolean => {
    const { address, isTls } = findPeer(req);
    const waitMs = failedKeys.waitMsOf(address);
    if (waitMs === 0 || !hasOnlyMalformedKeys(req, keyHeaders)) return false;

    logAddress(address);
    const reply = toEarlyProblem(TOO_MANY_FAILURES, { isTls, isFromNginx: isFromNginx(req, deps.prefix ?? "") }, deps);
    res.writeHead(reply.status, {
      "Retry-After": toSeconds(waitMs),
      ...(isStopping() && { Connection: "close" }),
      ...reply.headers,
    });
    res.end(reply.text);
    return true;
  };
}

/** Each address is logged once in this time: a line for every request would fill the disk. */
const LOG_EVERY_MS = 60_000;

const MAX_ADDRESSES = 10_000;

function createAddressLog(log: Log, ticks: TickSource): (address: string) => void {
  const loggedAt = new Map<string, Ticks>();
  return (address) => {
    const now = ticks.now();
    if (now - (loggedAt.get(address) ?? Number.NEGATIVE_INFINITY) < LOG_EVERY_MS) return;
    // Bounds the memory: an attack from that many addresses is logged often enough.
    if (loggedAt.size >= MAX_ADDRESSES) loggedAt.clear();
    loggedAt.set(address, now);
    log.warn({ address }, "too-many-failures");
  };
}

/** Whether there is a key in a header of the contract, malformed, and nothing else that the pipeline would check. */
function hasOnlyMalformedKeys({ headers }: IncomingMessage, keyHeaders: readonly string[]): boolean {
  if (headers["transfer-encoding"] !== undefined || headers["content-length"] !== undefined) return false;
  if (headers.expect !== undefined || headers.upgrade !== undefined || headers.authorization !== undefined)
    return false;
  const presented = keyHeaders.flatMap((name) => headers[name] ?? []);
  return presented.length > 0 && presented.every((text) => text !== "" && parseKey(text) === undefined);
}
