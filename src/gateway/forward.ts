import type { ResponseCheck } from "../contract/judge/response-check.ts";
import { isClientGone } from "../http/message/client-gone.ts";
import { recordOf, type Validated } from "../http/message/exchange.ts";
import { problemReply, type Reply } from "../http/reply/reply.ts";
import { mergedHeaders } from "../http/reply/writer/common-headers.ts";
import type { RecheckKey } from "../http/stages/recheck.ts";
import type { Stage } from "../http/stages/stage.ts";
import type { Log } from "../lib/log/log.ts";
import { AdmissionCheck } from "./admission-check.ts";
import { checkedUpstream } from "./checked-upstream.ts";
import { CHECKS_OF_FAILURES, FAILURES, NOT_SENT } from "./failures.ts";
import { toUpstreamRequest } from "./to-upstream-request.ts";
import type { Upstream, UpstreamResponse } from "./upstream-port.ts";

type ForwardDeps = {
  readonly upstream: Upstream;
  /** By operationId, for operations whose responses are checked against the contract. */
  readonly checks: ReadonlyMap<string, ResponseCheck>;
  readonly log: Log;
  readonly recheckKey: RecheckKey;
};

/** The last stage of requests for an upstream: sends the request there, and the response back to the client. */
export function forward({ upstream, recheckKey, ...deps }: ForwardDeps): Stage<Validated> {
  const send = checkedUpstream(upstream, deps);
  return {
    check: "upstream",
    run: async (exchange) => {
      const record = recordOf(exchange);
      record.mayHaveSideEffects = true;
      const admission = new AdmissionCheck(exchange, recheckKey);
      const outcome = await send(toUpstreamRequest(exchange, () => admission.isStillAdmitted()));
      if (NOT_SENT.includes(outcome.kind)) record.mayHaveSideEffects = false;
      if (isClientGone(exchange)) {
        if (outcome.kind === "response") outcome.body.discard();
        return undefined;
      }
      if (outcome.kind === "response") return toReply(outcome);
      if (outcome.kind === "not-admitted") return admission.refusal();
      return problemReply(FAILURES[outcome.kind], {
        check: CHECKS_OF_FAILURES[outcome.kind],
        ...("cause" in outcome && { cause: outcome.cause }),
      });
    },
  };
}

/** A small response is complete by now and sent like any other reply; a larger one is passed on as it arrives. */
function toReply({ status, rawHeaders, body }: UpstreamResponse): Reply {
  const whole = body.complete();
  if (whole !== undefined) return { kind: "content", status, headers: rawHeaders, isReplacing: true, content: whole };
  return {
    kind: "delegated",
    respond: (res, common) => {
      if (res.destroyed) return body.discard();
      res.writeHead(status, mergedHeaders(common, rawHeaders));
      body.pipeTo(res);
      // Node keeps the head until the first chunk, and that of an event stream may come a minute later.
      res.flushHeaders();
    },
  };
}
