import { toHeaderRecord } from "../../lib/http/header-list.ts";
import type { RandomBytes } from "../../lib/random.ts";
import type { Clock } from "../../lib/time/clock.ts";
import { PROBLEMS } from "../../problem/catalog.ts";
import { type Problem, toDocument } from "../../problem/problem.ts";
import type { Meter } from "../../usage/meter.ts";
import { newRequestId } from "../message/request-id.ts";
import { recordWithoutExchange } from "../record/metering.ts";
import { toProblemContent } from "../reply/problem-content.ts";
import { safeHeaders } from "../reply/writer/safe-headers.ts";

export type EarlyProblemDeps = {
  readonly random: RandomBytes;
  readonly clock: Clock;
  readonly meter: Meter;
  /** The path below which the pages of problems are. Default: none. */
  readonly prefix?: string | undefined;
};

type EarlyProblem = {
  readonly requestId: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
};

/** Meters a request that is refused before the pipeline, and makes the reply with all its headers. */
export function toEarlyProblem(
  problem: Problem,
  { isTls, isFromNginx = false }: { readonly isTls: boolean; readonly isFromNginx?: boolean },
  { random, clock, meter, prefix }: EarlyProblemDeps,
): EarlyProblem {
  const { status } = PROBLEMS[problem.code];
  const requestId = newRequestId(random);
  recordWithoutExchange({ meter, clock }, { status, code: problem.code });
  const reply = toProblemContent(status, JSON.stringify(toDocument(problem, requestId, prefix)), isFromNginx);
  const headers = {
    ...safeHeaders(isTls),
    "X-Request-Id": requestId,
    ...toHeaderRecord(reply.headers),
    "Content-Length": String(Buffer.byteLength(reply.content)),
  };
  return { requestId, status: reply.status, headers, text: reply.content };
}
