import type { IncomingMessage, ServerResponse } from "node:http";
import type { FailedKeyLimiter } from "../../auth/failed-key-limiter.ts";
import type { KeySchemes } from "../../contract/model/schemes.ts";
import { parseKey } from "../../keys/format.ts";
import { newId } from "../../keys/generate.ts";
import type { Log } from "../../lib/log/log.ts";
import type { RandomBytes } from "../../lib/random.ts";
import type { Clock, TickSource, Ticks } from "../../lib/time/clock.ts";
import { toDocument } from "../../problem/problem.ts";
import type { Meter } from "../../usage/meter.ts";
import { peerOf } from "../message/peer.ts";
import { toSeconds } from "../reply/limit-headers.ts";
import { toNginxReply } from "../reply/nginx-reply.ts";
import { TOO_MANY_FAILURES } from "../reply/refusals.ts";
import { HSTS, SAFE_HEADERS } from "../stages/edge.ts";
import { isFromNginx } from "../stages/forward-auth/forward-auth.ts";
import { recordWithoutExchange } from "../stages/metering.ts";

export type EarlyRejectDeps = {
  readonly schemes: KeySchemes;
  readonly failedKeys: FailedKeyLimiter;
  readonly trustedHops: number;
  readonly isStopping: () => boolean;
  readonly random: RandomBytes;
  readonly ticks: TickSource;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
};

/** An address is written down this often; each request would fill the disk for them. */
const TELL_EVERY_MS = 60_000;

/**
 * Answers requests with a key that cannot be one, from addresses that have tried too many, before anything else is done
 * for them: a flood of them would take from everybody the time that refusing takes. Where there is any doubt, the
 * request goes the way of all others.
 * @returns whether it was answered.
 */
export function createEarlyReject(deps: EarlyRejectDeps) {
  const { schemes, failedKeys, trustedHops, isStopping, random, ticks, clock, meter, log } = deps;
  const headers = Object.values(schemes).flatMap((carrier) => (carrier.in === "header" ? [carrier.name] : []));
  const told = new Map<string, Ticks>();

  const tell = (address: string) => {
    const now = ticks.now();
    if (now - (told.get(address) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY_MS) return;
    // Whoever comes from that many addresses is told about often enough.
    if (told.size >= MOST_TOLD) told.clear();
    told.set(address, now);
    log.warn({ address }, "too-many-failures");
  };

  return (req: IncomingMessage, res: ServerResponse): boolean => {
    if (!hasNothingButJunk(req, headers)) return false;
    const { address, isTls } = peerOf(req, trustedHops);
    const waitMs = failedKeys.waitOf(address);
    if (waitMs === 0) return false;

    tell(address);
    recordWithoutExchange(meter, clock, { status: 429, code: TOO_MANY_FAILURES.code });
    const requestId = newId("req", random);
    const document = toDocument(TOO_MANY_FAILURES, requestId);
    const reply = isFromNginx(req)
      ? toNginxReply(document)
      : { status: document.status, headers: {}, text: JSON.stringify(document) };
    res.writeHead(reply.status, {
      ...SAFE_HEADERS,
      ...(isTls && { "Strict-Transport-Security": HSTS }),
      ...(isStopping() && { Connection: "close" }),
      "X-Request-Id": requestId,
      "Retry-After": toSeconds(waitMs),
      "Content-Type": "application/problem+json",
      "Content-Length": Buffer.byteLength(reply.text),
      ...reply.headers,
    });
    res.end(reply.text);
    return true;
  };
}

const MOST_TOLD = 10_000;

/** A key in a header of the contract, which is none; and nothing else that anybody would have to look at. */
function hasNothingButJunk({ headers }: IncomingMessage, carriers: readonly string[]): boolean {
  if (headers["transfer-encoding"] !== undefined || headers["content-length"] !== undefined) return false;
  if (headers.expect !== undefined || headers.upgrade !== undefined || headers.authorization !== undefined)
    return false;
  const shown = carriers.flatMap((name) => headers[name] ?? []);
  return shown.length > 0 && shown.every((text) => text !== "" && parseKey(text) === undefined);
}
