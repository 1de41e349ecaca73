import { recordOf } from "../message/exchange.ts";
import { framingError } from "../message/framing.ts";
import { problemReply } from "../reply/reply.ts";
import type { Stage } from "./stage.ts";

/** Refuses messages that break the rules of HTTP/1.1, and targets that could be read in two ways. */
export function checkMessage(): Stage {
  return {
    check: "message",
    run: (exchange) => {
      const problem = exchange.head === undefined ? framingError(exchange.req) : undefined;
      if (problem !== undefined) {
        recordOf(exchange).mayLeaveUnreadBody = true;
        return problemReply(problem);
      }
      return exchange.message.target === "" ? problemReply(TARGET_INVALID) : undefined;
    },
  };
}

const TARGET_INVALID = {
  code: "target-invalid",
  detail:
    "The request target is not valid; send a path that begins with a slash, is percent-encoded as UTF-8, has no fragment and no backslash, and at most 1000 query parameters.",
} as const;
