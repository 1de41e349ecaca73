import type { ServerResponse } from "node:http";
import type { ResponseCheck } from "../contract/judge/response-check.ts";
import { isClientGone } from "../http/message/client-gone.ts";
import { recordOf, type Validated } from "../http/message/exchange.ts";
import { toSeconds } from "../http/reply/limit-headers.ts";
import { problemReply, type Reply } from "../http/reply/reply.ts";
import { mergedHeaders } from "../http/reply/writer/common-headers.ts";
import { leaveCorsToUpstream } from "../http/stages/cors.ts";
import type { RecheckKey } from "../http/stages/recheck.ts";
import type { Stage } from "../http/stages/stage.ts";
import type { Log } from "../lib/log/log.ts";
import { AdmissionCheck } from "./admission-check.ts";
import { checkedUpstream } from "./checked-upstream.ts";
import { CHECKS_OF_FAILURES, FAILURES, NOT_SENT } from "./failures.ts";
import { streamAdmission } from "./stream-admission.ts";
import { toUpstreamRequest } from "./to-upstream-request.ts";
import type { Gateway, UpstreamOutcome, UpstreamResponse } from "./upstream-port.ts";
import { whileAdmitted } from "./while-admitted.ts";

type ForwardDeps = {
  readonly gateway: Gateway;
  /** By operationId, for operations whose responses are checked against the contract. */
  readonly checks: ReadonlyMap<string, ResponseCheck>;
  readonly log: Log;
  readonly recheckKey: RecheckKey;
};

/** The last stage of requests for an upstream: sends the request there, and the response back to the client. */
export function forward({ gateway, recheckKey, ...deps }: ForwardDeps): Stage<Validated> {
  const send = checkedUpstream(gateway.send, deps);
  return {
    check: "upstream",
    run: async (exchange) => {
      recordOf(exchange).mayHaveSideEffects = true;
      const admission = new AdmissionCheck(exchange, recheckKey);
      const sent = send(toUpstreamRequest(exchange, () => admission.isStillAdmitted()));
      const outcome = await (exchange.admission.key === undefined
        ? sent
        : whileAdmitted(sent, {
            streams: gateway.streams,
            check: admission,
            requestId: exchange.requestId,
            admission: streamAdmission(exchange, recheckKey),
          }));
      return replyToOutcome(exchange, outcome, { admission, recheckKey, gateway });
    },
  };
}

type ReplyDeps = Pick<ForwardDeps, "recheckKey"> & {
  readonly admission: AdmissionCheck;
  readonly gateway: Pick<Gateway, "streams">;
};

/** The reply to what came of a request to an upstream; undefined when the client has disconnected. */
export function replyToOutcome(exchange: Validated, outcome: UpstreamOutcome, deps: ReplyDeps): Reply | undefined {
  if (NOT_SENT.includes(outcome.kind)) recordOf(exchange).mayHaveSideEffects = false;
  if (isClientGone(exchange)) {
    if (outcome.kind === "response") outcome.body.discard();
    return undefined;
  }
  if (outcome.kind === "response") {
    if (exchange.operation.cors === "upstream") leaveCorsToUpstream(exchange);
    return toReply(exchange, outcome, deps);
  }
  if (outcome.kind === "not-admitted") return deps.admission.refusal();
  if (outcome.kind === "body-refused") return withCheck(outcome.reply);
  return problemReply(FAILURES[outcome.kind], {
    check: CHECKS_OF_FAILURES[outcome.kind],
    ...(outcome.kind === "circuit-open" && { headers: { "Retry-After": String(toSeconds(outcome.retryAfterMs)) } }),
    ...("cause" in outcome && { cause: outcome.cause }),
  });
}

/** A body is refused by the stage that reads it, unless the reply says otherwise. */
function withCheck(reply: Reply): Reply {
  return reply.kind === "problem" ? { check: "body", ...reply } : reply;
}

/** A small response is complete by now and sent like any other reply; a larger one is passed on as it arrives. */
function toReply(exchange: Validated, { status, rawHeaders, body }: UpstreamResponse, deps: ReplyDeps): Reply {
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
      if (exchange.admission.key !== undefined) endWithKey(exchange, res, deps);
    },
  };
}

/** A response may last for days: it is cut off once its key is not admitted any more. */
function endWithKey(exchange: Validated, res: ServerResponse, { recheckKey, gateway }: ReplyDeps) {
  const admission = streamAdmission(exchange, recheckKey);
  const { requestId } = exchange;
  res.on("close", gateway.streams.add({ requestId, admission, refuse: () => res.destroy() }));
}
