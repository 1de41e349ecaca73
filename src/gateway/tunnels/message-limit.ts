import { chargeOf, type RuleBook } from "../../auth/rule-book.ts";
import { recordOf, type Validated } from "../../http/message/exchange.ts";
import type { Clock } from "../../lib/time/clock.ts";
import type { Limiter, Verdict } from "../../limits/limiter.ts";
import type { TakeMessage } from "./direction.ts";

export type MessageLimitDeps = { readonly limiter: Limiter; readonly ruleBook: RuleBook; readonly clock: Clock };

/** Takes the cost of each message from the limits and quotas of its connection; undefined where messages are free. */
export function toTakeMessage(exchange: Validated, deps: MessageLimitDeps): TakeMessage | undefined {
  const { limiter, ruleBook, clock } = deps;
  const { operation, peer, admission } = exchange;
  const { key } = admission;
  const cost = operation.messageCost;
  if (cost === 0) return undefined;
  const note = ({ isAllowed }: Verdict): boolean => {
    if (isAllowed) recordOf(exchange).cost += cost;
    return isAllowed;
  };
  return () => {
    const rules = ruleBook.rulesOf(operation, key, clock.now());
    const verdict = limiter.take(chargeOf(rules, cost, { key, address: peer.address }));
    return verdict instanceof Promise ? verdict.then(note) : note(verdict);
  };
}
