import { endOf } from "../../keys/lifecycle.ts";
import { toTimestamp } from "../../lib/time/clock.ts";
import { exchangeOf } from "../message/exchange.ts";
import type { Stage } from "../stage.ts";

/** On every response to a superseded key: when it stops working, as an RFC 3339 instant. */
export const KEY_ENDS_AT = "Latchkey-Key-Ends-At";

/** Tells clients that still use a superseded key when it stops working. */
export function keyEndsAt(): Stage {
  return (req, res, next) => {
    const { outcome } = exchangeOf(req);
    const endsAt = outcome?.kind === "admitted" && outcome.key.successorId !== null ? endOf(outcome.key) : null;
    if (endsAt !== null) res.set(KEY_ENDS_AT, toTimestamp(endsAt));
    next();
  };
}
