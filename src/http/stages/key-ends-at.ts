import { endOf } from "../../keys/lifecycle.ts";
import { toTimestamp } from "../../lib/time/clock.ts";
import { exchangeOf } from "../message/exchange.ts";
import type { Stage } from "../stage.ts";

/** The header of every response to a superseded key: when the key stops working, as an RFC 3339 instant. */
export const KEY_ENDS_AT = "Latchkey-Key-Ends-At";

/** Sets the header for clients that still use a superseded key. */
export function keyEndsAt(): Stage {
  return (req, res, next) => {
    const { outcome } = exchangeOf(req);
    const endsAt = outcome?.kind === "admitted" && outcome.key.successorId !== null ? endOf(outcome.key) : null;
    if (endsAt !== null) res.set(KEY_ENDS_AT, toTimestamp(endsAt));
    next();
  };
}
