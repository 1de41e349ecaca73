import type { RandomBytes } from "../../lib/random.ts";
import type { Clock } from "../../lib/time/clock.ts";
import { PROBLEMS } from "../../problem/catalog.ts";
import { type Problem, toDocument } from "../../problem/problem.ts";
import type { Meter } from "../../usage/meter.ts";
import { newRequestId } from "../message/request-id.ts";
import { type ProblemReply, toProblemReply } from "../reply/problem-reply.ts";
import { safeHeaders } from "../reply/safe-headers.ts";
import { recordWithoutExchange } from "../stages/metering.ts";

export type EarlyProblemDeps = { readonly random: RandomBytes; readonly clock: Clock; readonly meter: Meter };

/** Meters a request that is refused before the pipeline, and makes the reply with all its headers. */
export function toEarlyProblem(
  problem: Problem,
  { isTls, isFromNginx = false }: { readonly isTls: boolean; readonly isFromNginx?: boolean },
  { random, clock, meter }: EarlyProblemDeps,
): ProblemReply & { readonly requestId: string } {
  const { status } = PROBLEMS[problem.code];
  const requestId = newRequestId(random);
  recordWithoutExchange(meter, clock, { status, code: problem.code });
  const reply = toProblemReply(status, JSON.stringify(toDocument(problem, requestId)), isFromNginx);
  return { ...reply, requestId, headers: { ...safeHeaders(isTls), "X-Request-Id": requestId, ...reply.headers } };
}
