import type { IncomingMessage, ServerResponse } from "node:http";
import { headerCarriersOf, isPlain, keyCookiesOf } from "../../contract/model/schemes.ts";
import { createFindPeer } from "../../http/message/find-peer.ts";
import { createReadHead } from "../../http/message/read-head.ts";
import { createFindRequestId } from "../../http/message/request-id.ts";
import { createPipeline } from "../../http/pipeline.ts";
import { createRecordResponse } from "../../http/record/record.ts";
import { createRecordProblem } from "../../http/reply/record-problem.ts";
import { createWriteContent } from "../../http/reply/writer/write-content.ts";
import { createWriteReply } from "../../http/reply/writer/write-reply.ts";
import { createEarlyReject } from "../../http/server/early-reject.ts";
import { createBegin } from "../../http/stages/begin.ts";
import { createRateLimitedLog } from "../../lib/log/rate-limited-log.ts";
import { systemTicks } from "../../lib/time/clock.ts";
import type { AppDeps } from "./app-deps.ts";
import { createPhases } from "./phases.ts";

/** @param next called for admitted requests that the routes of a host app handle. */
export type App = (req: IncomingMessage, res: ServerResponse, next?: () => void) => void;

/**
 * The whole service: every request, from whichever entrance, passes the one pipeline.
 * @throws Error when the schema of a response that is checked is not valid.
 */
export function createApp(deps: AppDeps): App {
  const { contract, limits, usage, transport, log, clock, random, isStopping } = deps;
  const { schemes, prefix } = contract;
  const { meter } = usage;
  const run = createPipeline(createPhases(deps), { writeReply: createWriter(deps), log });
  const findPeer = createFindPeer(transport.trustedHops);
  const findRequestId = createFindRequestId(transport.trustedHops, random);
  const begin = createBegin({ findRequestId, readHead: createReadHead(schemes), findPeer, isStopping });
  const record = createRecordResponse({ meter, clock, log });
  const { failedKeys } = limits;
  const earlyDeps = {
    keyHeaders: unsharedHeaders(contract),
    prefix,
    failedKeys,
    meter,
    findPeer,
    ticks: systemTicks,
    log,
    clock,
    random,
    isStopping,
  };
  const rejectEarly = createEarlyReject(earlyDeps);
  return (req, res, next) => {
    if (rejectEarly(req, res)) return;
    const exchange = begin(req, res, next);
    if (exchange === undefined) return void res.destroy();
    record(exchange);
    run(exchange);
  };
}

/** Headers that no operation uses for anything but a key; none where a cookie can hold the key instead. */
function unsharedHeaders({ schemes, operations }: AppDeps["contract"]): readonly string[] {
  if (keyCookiesOf(schemes).length > 0) return [];
  const used = new Set(
    operations.flatMap(({ sharedCarriers, headerParameters }) => [
      ...sharedCarriers.map(({ name }) => name),
      ...headerParameters.map((name) => name.toLowerCase()),
    ]),
  );
  return headerCarriersOf(schemes).flatMap((one) => (isPlain(one) && !used.has(one.name) ? [one.name] : []));
}

function createWriter({ contract, usage, log, clock }: AppDeps) {
  const { sourceLines, prefix } = contract;
  const rateLimitedLog = createRateLimitedLog(log, clock);
  return createWriteReply({
    writeContent: createWriteContent((fault) => log.error({ err: fault }, "a reply cannot be sent")),
    recordProblem: createRecordProblem({ log, rateLimitedLog, clock, decisions: usage.decisions, sourceLines }),
    prefix,
  });
}
