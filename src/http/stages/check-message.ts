import { isWellEncoded } from "../../lib/http/percent.ts";
import { recordOf } from "../message/exchange.ts";
import { framingError } from "../message/framing.ts";
import { queryOf } from "../message/target.ts";
import { problemReply, type Reply } from "../reply/reply.ts";
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
      return exchange.message.target === "" ? refuseTarget(exchange.req.url ?? "") : undefined;
    },
  };
}

/** Names the query parameter whose encoding is broken, if there is one: that is how a correct program comes here. */
function refuseTarget(url: string): Reply {
  const broken = queryOf(url)
    .split("&")
    .find((pair) => !isWellEncoded(pair));
  if (broken === undefined) return problemReply(TARGET_INVALID);
  const [name = ""] = broken.split("=");
  const shown = name.replaceAll(/[^ -~]/g, "?").slice(0, 100);
  const detail = "must be percent-encoded UTF-8 without U+0000: write %25 for a percent sign";
  return problemReply({
    code: "target-invalid",
    detail: `The query parameter ${shown} ${detail}.`,
    errors: [{ detail, pointer: `#/query/${shown}` }],
  });
}

const TARGET_INVALID = {
  code: "target-invalid",
  detail:
    "The request target is not valid; send a path that begins with a slash, is percent-encoded as UTF-8, has no fragment and no backslash, and at most 1000 query parameters.",
} as const;
