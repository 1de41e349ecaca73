import { chargeOf, type RuleBook } from "../../auth/rule-book.ts";
import type { Clock } from "../../lib/time/clock.ts";
import type { Charge, Limiter, Verdict } from "../../limits/limiter.ts";
import { admittedKeyOf, exchangeOf, operationOf } from "../message/exchange.ts";
import { isRefunded } from "../message/refund.ts";
import { limitHeaders, toSeconds } from "../reply/limit-headers.ts";
import type { SendProblem } from "../reply/send-problem.ts";
import { isClientGone, type Stage } from "../stage.ts";

type LimitDeps = {
  readonly limiter: Limiter;
  readonly ruleBook: RuleBook;
  readonly clock: Clock;
  readonly sendProblem: SendProblem;
};

/**
 * Takes the cost of the request from every limit and quota that applies, or refuses it and takes nothing. The cost may
 * be refunded: see `isRefunded`.
 */
export function limit({ limiter, ruleBook, clock, sendProblem }: LimitDeps): Stage {
  return async (req, res, next) => {
    const exchange = exchangeOf(req);
    const { peer } = exchange;
    const operation = operationOf(req);
    const key = admittedKeyOf(exchange);
    if (key === undefined && operation.cost === 0) return next();
    const now = clock.now();
    const rules = ruleBook.rulesOf(operation, key, now);
    exchange.cost = operation.cost;
    if (rules.limits.length === 0 && rules.quotas.length === 0) return next();

    const charge = chargeOf(rules, operation.cost, { key, address: peer.address });
    const verdict = await limiter.take(charge);
    // A client that disconnects gets no refund: see `isRefunded`.
    if (isClientGone(req, res)) return;
    // Without a key the limit is that of the address, and must not show how often others call from there.
    if (key !== undefined) res.set(limitHeaders(charge, verdict, now));
    if (!verdict.isAllowed) {
      exchange.cost = 0;
      const { problem, headers, members } = refusalOf(charge, verdict);
      return sendProblem(req, res, problem, { headers, members, keyId: key?.id });
    }
    res.once("close", () => {
      if (isRefunded(res, exchange)) verdict.refund();
    });
    next();
  };
}

/** The problem for a client that has reached a limit, with its headers and further members. */
export function refusalOf({ quotas }: Charge, { violated, waitMs }: Verdict) {
  const seconds = Math.max(1, toSeconds(waitMs));
  const [what, are] = violated.length === 1 ? ["limit", "is"] : ["limits", "are"];
  const when = seconds === 1 ? "1 second" : `${seconds} seconds`;
  return {
    problem: {
      code: quotas.some(({ name }) => violated.includes(name)) ? "quota-exceeded" : "rate-limited",
      detail: `The ${what} ${violated.join(", ")} ${are} reached; try again in ${when}.`,
    },
    headers: { "Retry-After": String(seconds) },
    members: { "violated-policies": violated },
  } as const;
}
