import { endOf } from "../../keys/lifecycle.ts";
import { toTimestamp } from "../../lib/time/clock.ts";
import { exchangeOf } from "../message/exchange.ts";
import type { Stage } from "../stage.ts";

/** Says on every answer to a key that was rotated until when it goes on working, in RFC 3339. */
export const KEY_ENDS_AT = "Latchkey-Key-Ends-At";

/** Tells whoever still uses a superseded key that its time is running out. */
export function keyEndsAt(): Stage {
  return (req, res, next) => {
    const { outcome } = exchangeOf(req);
    const endsAt = outcome?.kind === "admitted" && outcome.key.successorId !== null ? endOf(outcome.key) : null;
    if (endsAt !== null) res.set(KEY_ENDS_AT, toTimestamp(endsAt));
    next();
  };
}
