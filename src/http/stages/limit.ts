import { chargeOf, type RuleBook } from "../../auth/rule-book.ts";
import type { Clock, Instant } from "../../lib/time/clock.ts";
import type { Charge, Limiter, Verdict } from "../../limits/limiter.ts";
import { type Admitted, recordOf } from "../message/exchange.ts";
import { limitHeaders, toSeconds } from "../reply/limit-headers.ts";
import { problemReply, type Reply } from "../reply/reply.ts";
import type { Stage } from "./stage.ts";

type LimitDeps = {
  readonly limiter: Limiter;
  readonly ruleBook: RuleBook;
  readonly clock: Clock;
};

/**
 * Takes the cost of the request from every limit and quota that applies, or refuses it and takes nothing. The cost may
 * be refunded: see `isRefunded`.
 */
export function limit({ limiter, ruleBook, clock }: LimitDeps): Stage<Admitted> {
  return {
    check: "limit",
    run: (exchange) => {
      const { operation, peer, admission } = exchange;
      const { key } = admission;
      if (key === undefined && operation.cost === 0) return undefined;
      const now = clock.now();
      const rules = ruleBook.rulesOf(operation, key, now);
      recordOf(exchange).cost = operation.cost;
      if (rules.limits.length === 0 && rules.quotas.length === 0) return undefined;

      const charge = chargeOf(rules, operation.cost, { key, address: peer.address });
      const verdict = limiter.take(charge);
      // A limiter in memory decides at once.
      if (!(verdict instanceof Promise)) return decide(exchange, charge, verdict, now);
      return verdict.then((one) => decide(exchange, charge, one, now));
    },
  };
}

function decide(exchange: Admitted, charge: Charge, verdict: Verdict, now: Instant): Reply | undefined {
  const { key } = exchange.admission;
  // Without a key the limit is that of the address, and must not show how often others call from there.
  if (key !== undefined) exchange.headers.push(...limitHeaders(charge, verdict, now));
  const record = recordOf(exchange);
  if (verdict.isAllowed) {
    record.verdict = verdict;
    return undefined;
  }
  record.cost = 0;
  return { ...refusalOf(charge, verdict), keyId: key?.id };
}

/** The problem for a client that has reached a limit, with its headers and further members. */
function refusalOf({ quotas }: Charge, { violated, waitMs }: Verdict) {
  const seconds = Math.max(1, toSeconds(waitMs));
  const [what, are] = violated.length === 1 ? ["limit", "is"] : ["limits", "are"];
  const when = seconds === 1 ? "1 second" : `${seconds} seconds`;
  return problemReply(
    {
      code: quotas.some(({ name }) => violated.includes(name)) ? "quota-exceeded" : "rate-limited",
      detail: `The ${what} ${violated.join(", ")} ${are} reached; try again in ${when}.`,
    },
    { headers: { "Retry-After": String(seconds) }, members: { "violated-policies": violated } },
  );
}
