import type { Response } from "express";
import type { Refusal } from "../auth/authorize.ts";
import type { ResponseCheck } from "../contract/judge/response-check.ts";
import { type Exchange, exchangeOf } from "../http/message/exchange.ts";
import type { Refuse } from "../http/reply/refusals.ts";
import type { SendProblem } from "../http/reply/send-problem.ts";
import { isClientGone, type Stage } from "../http/stage.ts";
import type { RecheckKey } from "../http/stages/recheck.ts";
import type { Log } from "../lib/log/log.ts";
import { checkedUpstream } from "./checked-upstream.ts";
import { FAILURES, NOT_SENT } from "./failures.ts";
import { toUpstreamRequest } from "./to-upstream-request.ts";
import type { Upstream, UpstreamOutcome, UpstreamResponse } from "./upstream-port.ts";

type ForwardDeps = {
  readonly upstream: Upstream;
  /** By operationId, for operations whose responses are checked against the contract. */
  readonly checks: ReadonlyMap<string, ResponseCheck>;
  readonly log: Log;
  readonly recheckKey: RecheckKey;
  readonly refuse: Refuse;
  readonly sendProblem: SendProblem;
};

/** The last stage of requests for an upstream: sends the request there, and the response back to the client. */
export function forward({ upstream, recheckKey, refuse, sendProblem, ...deps }: ForwardDeps): Stage {
  const send = checkedUpstream(upstream, deps);
  return async (req, res) => {
    if (isClientGone(req, res)) return;
    const exchange = exchangeOf(req);
    exchange.mayHaveSideEffects = true;
    let fault: unknown;
    const isStillAdmitted = () =>
      recheckKey(req).catch((error: unknown) => {
        fault = error;
        return false;
      });

    const outcome = await send({ ...toUpstreamRequest(req, res), isStillAdmitted });
    if (NOT_SENT.includes(outcome.kind)) exchange.mayHaveSideEffects = false;
    if (isClientGone(req, res)) return discard(outcome);
    if (fault !== undefined) throw fault;
    if (outcome.kind === "not-admitted") return refuse(req, res, refusalIn(exchange));
    if (outcome.kind === "response") return pass(res, outcome);
    sendProblem(req, res, FAILURES[outcome.kind], "cause" in outcome ? { cause: outcome.cause } : {});
  };
}

function refusalIn({ outcome }: Exchange): Refusal {
  if (outcome === undefined || outcome.kind === "admitted") throw new Error("This request is still admitted.");
  return outcome;
}

/** Discards a response whose client has disconnected. */
function discard(outcome: UpstreamOutcome) {
  if (outcome.kind === "response") outcome.body.discard();
}

function pass(res: Response, { status, rawHeaders, body }: UpstreamResponse) {
  setHeaders(res, rawHeaders);
  res.writeHead(status);
  const whole = body.complete();
  if (whole === undefined) body.pipeTo(res);
  else res.end(whole);
}

/** Headers with several lines, such as Set-Cookie, keep them; they replace what earlier stages have set. */
function setHeaders(res: Response, raw: readonly string[]) {
  for (let index = 0; index < raw.length; ) {
    const name = raw[index] ?? "";
    const values: string[] = [];
    for (; raw[index] === name; index += 2) values.push(raw[index + 1] ?? "");
    res.setHeader(name, values.length === 1 ? values.join() : values);
  }
}
