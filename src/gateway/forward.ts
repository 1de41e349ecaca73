import { pipeline } from "node:stream";
import type { Request, Response } from "express";
import type { Refusal } from "../auth/authorize.ts";
import type { ResponseCheck } from "../contract/judge/response-check.ts";
import { type Exchange, exchangeOf, operationOf } from "../http/message/exchange.ts";
import type { Refuse } from "../http/reply/refusals.ts";
import type { SendProblem } from "../http/reply/send-problem.ts";
import { isClientGone, type Stage } from "../http/stage.ts";
import type { RecheckKey } from "../http/stages/recheck.ts";
import type { Log } from "../lib/log/log.ts";
import { FAILURES, type FailureKind, NOT_SENT } from "./failures.ts";
import { checkResponse } from "./response-check.ts";
import type { Upstream, UpstreamOutcome, UpstreamResponse } from "./stream-port.ts";
import { toUpstreamRequest } from "./to-upstream-request.ts";

type ForwardDeps = ResponseDeps & {
  readonly upstream: Upstream;
  readonly recheckKey: RecheckKey;
  readonly refuse: Refuse;
};

/** The last stage of requests for an upstream: sends the request there, and the response back to the client. */
export function forward({ upstream, recheckKey, refuse, ...deps }: ForwardDeps): Stage {
  return async (req, res) => {
    if (isClientGone(req, res)) return;
    const disconnect = new AbortController();
    res.once("close", () => disconnect.abort());
    const exchange = exchangeOf(req);
    exchange.mayHaveSideEffects = true;
    let fault: unknown;
    const isStillAdmitted = () =>
      recheckKey(req).catch((error: unknown) => {
        fault = error;
        return false;
      });

    const outcome = await upstream({ ...toUpstreamRequest(req, res, disconnect.signal), isStillAdmitted });
    if (NOT_SENT.includes(outcome.kind)) exchange.mayHaveSideEffects = false;
    if (isClientGone(req, res)) return discard(outcome);
    if (fault !== undefined) throw fault;
    if (outcome.kind === "not-admitted") return refuse(req, res, refusalIn(exchange));
    return outcome.kind === "response" ? respond(req, res, outcome, deps) : fail(req, res, outcome, deps);
  };
}

type ResponseDeps = {
  /** By operationId, for operations whose responses are checked against the contract. */
  readonly checks: ReadonlyMap<string, ResponseCheck>;
  readonly log: Log;
  readonly sendProblem: SendProblem;
};

/** Sends a response to the client: as it arrives, or after checking that it is what the contract declares. */
async function respond(req: Request, res: Response, response: UpstreamResponse, deps: ResponseDeps) {
  const { id, responseCheck } = operationOf(req);
  const check = deps.checks.get(id);
  if (check === undefined) return pass(res, response);
  const outcome = await checkResponse(response, check);
  if (isClientGone(req, res)) return discard(response);
  if (outcome.kind === "broken") return fail(req, res, outcome, deps);
  const { response: checked, violations } = outcome;
  if (violations.length === 0) return pass(res, checked);

  const { requestId } = exchangeOf(req);
  const event = { requestId, operation: id, status: checked.status, violations };
  deps.log.warn(event, "the response does not match the contract");
  if (responseCheck === "report") return pass(res, checked);
  checked.body.destroy();
  fail(req, res, { kind: "undeclared" }, deps);
}

type Failure = { readonly kind: FailureKind; readonly cause?: unknown };

function fail(req: Request, res: Response, { kind, cause }: Failure, { sendProblem }: ResponseDeps) {
  sendProblem(req, res, FAILURES[kind], { cause });
}

function refusalIn({ outcome }: Exchange): Refusal {
  if (outcome === undefined || outcome.kind === "admitted") throw new Error("This request is still admitted.");
  return outcome;
}

/** Discards a response whose client has disconnected. */
function discard(outcome: UpstreamOutcome) {
  if (outcome.kind === "response") outcome.body.destroy();
}

function pass(res: Response, response: UpstreamResponse) {
  writeHead(res, response);
  // On an error pipeline destroys both streams, so that a partial response does not look complete.
  pipeline(response.body, res, () => {});
}

/** Headers with several lines, such as Set-Cookie, keep them. */
function writeHead(res: Response, { status, headers }: UpstreamResponse) {
  for (const [name, lines] of Map.groupBy(headers, ([name]) => name.toLowerCase())) {
    const values = lines.map(([, value]) => value);
    res.setHeader(name, values.length === 1 ? values.join() : values);
  }
  res.writeHead(status);
}
