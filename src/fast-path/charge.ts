import { chargeOf, type RuleBook } from "../auth/rule-book.ts";
import { limitHeaders } from "../http/reply/limit-headers.ts";
import type { SendProblem } from "../http/reply/send-problem.ts";
import { isClientGone } from "../http/stage.ts";
import { refusalOf } from "../http/stages/limit.ts";
import type { Clock, Instant } from "../lib/time/clock.ts";
import type { Charge, Limiter, Verdict } from "../limits/limiter.ts";
import type { Exits } from "./exits.ts";
import type { FastRequest } from "./fast-request.ts";

export type ChargeDeps = {
  readonly limiter: Limiter;
  readonly ruleBook: RuleBook;
  readonly clock: Clock;
  readonly sendProblem: SendProblem;
  readonly fail: Exits["fail"];
  /** Called for an admitted request after its cost was taken. */
  readonly next: (request: FastRequest) => void;
};

/**
 * Takes what the request costs from every limit and quota that applies, or refuses the request: see the stage `limit`.
 */
export function createCharge({ limiter, ruleBook, clock, sendProblem, fail, next }: ChargeDeps) {
  const decide = (request: FastRequest, charge: Charge, verdict: Verdict, now: Instant) => {
    const { req, res, exchange, key } = request;
    // A client that disconnects gets no refund: see `isRefunded`.
    if (isClientGone(req, res)) return;
    request.limits = limitHeaders(charge, verdict, now);
    if (!verdict.isAllowed) {
      exchange.cost = 0;
      const { problem, headers, members } = refusalOf(charge, verdict);
      return sendProblem(req, res, problem, { headers: { ...request.limits, ...headers }, members, keyId: key.id });
    }
    request.verdict = verdict;
    next(request);
  };

  return (request: FastRequest) => {
    const { route, exchange, key } = request;
    const { operation } = route;
    const now = clock.now();
    const rules = ruleBook.rulesOf(operation, key, now);
    exchange.cost = operation.cost;
    if (rules.limits.length === 0 && rules.quotas.length === 0) return next(request);
    const charge = chargeOf(rules, operation.cost, { key, address: exchange.peer.address });
    const verdict = limiter.take(charge);
    // A limiter in memory decides at once; waiting for it would cost a turn of the event loop.
    if (!(verdict instanceof Promise)) return decide(request, charge, verdict, now);
    verdict.then((one) => decide(request, charge, one, now)).catch((error) => fail(request, error));
  };
}
