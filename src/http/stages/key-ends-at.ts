import { endOf } from "../../keys/lifecycle.ts";
import { toTimestamp } from "../../lib/time/clock.ts";
import type { Admitted } from "../message/exchange.ts";
import type { Stage } from "./stage.ts";

/** The header of every response to a superseded key: when the key stops working, as an RFC 3339 instant. */
export const KEY_ENDS_AT = "Latchkey-Key-Ends-At";

/** Sets the header for clients that still use a superseded key. */
export function keyEndsAt(): Stage<Admitted> {
  return {
    check: "authorize",
    run: ({ admission: { key }, headers }) => {
      const endsAt = key === undefined || key.successorId === null ? null : endOf(key);
      if (endsAt !== null) headers.push(KEY_ENDS_AT, toTimestamp(endsAt));
      return undefined;
    },
  };
}
