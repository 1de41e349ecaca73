import type { IncomingMessage, ServerResponse } from "node:http";
import express, { type Request, type Response } from "express";
import type { ActionDeps } from "../admin/actions.ts";
import type { LeakReport } from "../admin/keys/revoke-leaked.ts";
import type { FailedKeyLimiter } from "../auth/failed-key-limiter.ts";
import type { IdentifyDeps } from "../auth/identify.ts";
import type { RuleBook } from "../auth/rule-book.ts";
import type { TransportConfig } from "../config/transport-settings.ts";
import { createResponseChecks } from "../contract/judge/response-check.ts";
import type { Contract } from "../contract/model/contract.ts";
import type { Operation } from "../contract/model/operations.ts";
import { openFastPath } from "../fast-path/open-fast-path.ts";
import { forward } from "../gateway/forward.ts";
import type { Upstream } from "../gateway/upstream-port.ts";
import { normalizeTarget } from "../http/message/target.ts";
import { type PageDeps, pages } from "../http/pages/pages.ts";
import type { HandlersById } from "../http/reply/handler.ts";
import { createRefuse } from "../http/reply/refusals.ts";
import { createSendProblem, type WriteProblem } from "../http/reply/send-problem.ts";
import { createEarlyReject } from "../http/server/early-reject.ts";
import { type Stage, unlessClientGone } from "../http/stage.ts";
import { accessLog } from "../http/stages/access-log.ts";
import { body } from "../http/stages/body.ts";
import { cleartext } from "../http/stages/cleartext.ts";
import { cors } from "../http/stages/cors.ts";
import { dispatch } from "../http/stages/dispatch.ts";
import { edge } from "../http/stages/edge.ts";
import { errorHandler } from "../http/stages/error-handler.ts";
import { forwardAuth } from "../http/stages/forward-auth/forward-auth.ts";
import { replyToForwardAuth, whenForwardAuth } from "../http/stages/forward-auth/forward-auth-reply.ts";
import { forwardedParameters } from "../http/stages/forward-auth/forwarded-headers.ts";
import { createIdentifyRequest, identifyKey, removeKeys } from "../http/stages/identify.ts";
import { keyEndsAt } from "../http/stages/key-ends-at.ts";
import { limit } from "../http/stages/limit.ts";
import { match } from "../http/stages/match.ts";
import { metering } from "../http/stages/metering.ts";
import { bracketParameters } from "../http/stages/parameters/bracket-parameters.ts";
import { jsonParameters } from "../http/stages/parameters/json-parameters.ts";
import { numbers } from "../http/stages/parameters/numbers.ts";
import { keepPrototypes, passedOnOf, passToHostApp } from "../http/stages/pass-to-host-app.ts";
import { createRecheckKey, recheck } from "../http/stages/recheck.ts";
import { createValidator } from "../http/stages/validator/validator.ts";
import type { Log } from "../lib/log/log.ts";
import { createRateLimitedLog } from "../lib/log/rate-limited-log.ts";
import { systemTicks } from "../lib/time/clock.ts";
import type { Limiter } from "../limits/limiter.ts";
import type { Decisions } from "../usage/decision.ts";
import type { Meter } from "../usage/meter.ts";

export type AppDeps = IdentifyDeps &
  Pick<ActionDeps, "random"> & {
    readonly contract: Contract;
    /** Of the operations of ours. */
    readonly handlers: HandlersById;
    /** Who answers all others: an upstream; or the app around this one, with handlers, and its routes for the rest. */
    readonly others?: Upstream | Routed | undefined;
    readonly limiter: Limiter;
    readonly ruleBook: RuleBook;
    readonly failedKeys: FailedKeyLimiter;
    readonly meter: Meter;
    readonly metrics: PageDeps["metrics"];
    readonly decisions: Decisions;
    readonly log: Log;
    readonly transport: Pick<TransportConfig, "trustedHops" | "cleartext" | "corsOrigins" | "authorizeFrom">;
    /** Told the text of a key that came in clear text, where such keys are to be revoked. */
    readonly reportLeak: LeakReport;
    readonly isStopping: () => boolean;
    /** Ordinary requests take the short way. */
    readonly fastPath?: boolean;
  };

type Routed = { readonly handlers: HandlersById };

/** @param next for requests that are admitted and answered by the app around this one. */
export type App = (req: IncomingMessage, res: ServerResponse, next?: () => void) => void;

/**
 * The whole service, in the order a request walks through it.
 * @throws Error when the validator cannot work with the contract.
 */
export async function createApp(deps: AppDeps): Promise<App> {
  const { contract, handlers, others, log, random, clock, transport, reportLeak, isStopping } = deps;
  const { limiter, ruleBook, failedKeys, meter, metrics, decisions } = deps;
  const { operations, routes, schemes, sourceLines } = contract;
  const rateLimitedLog = createRateLimitedLog(log, clock);
  const toRefusals = (write?: WriteProblem) => {
    const sendProblem = createSendProblem({ log, rateLimitedLog, clock, decisions, sourceLines }, write);
    return { sendProblem, refuse: createRefuse(schemes, sendProblem, failedKeys) };
  };
  const { sendProblem, refuse } = toRefusals();
  const identifyRequest = createIdentifyRequest(schemes, deps);
  const routed = typeof others === "object" ? others.handlers : {};
  const all = { ...routed, ...handlers };
  const responderOf = (id: string) =>
    Object.hasOwn(handlers, id) ? "built-in" : Object.hasOwn(routed, id) ? "app-handler" : "elsewhere";
  const validator = await createValidator(contract.document, operations, schemes, refuse, responderOf);
  const isChecked = ({ id, responseCheck }: Operation) => responseCheck !== "off" && responderOf(id) === "elsewhere";
  const checks = createResponseChecks(contract.outline, operations.filter(isChecked));
  const recheckKey = createRecheckKey(deps);
  const forwardTo = (upstream: Upstream) => forward({ upstream, checks, recheckKey, refuse, log, sendProblem });
  const fallback = typeof others === "function" ? forwardTo(others) : others && passToHostApp(sendProblem);

  const lastSteps = [
    body(sendProblem),
    recheck(recheckKey, refuse),
    bracketParameters(sendProblem),
    numbers(sendProblem),
    jsonParameters(sendProblem),
    validator.validate,
    dispatch({ handlers: all, fallback, validator, refuse, sendProblem }),
  ];
  const app = bareApp(
    edge({ random, sendProblem, isStopping, trustedHops: transport.trustedHops }),
    accessLog(log),
    metering(meter, clock),
    forwardAuth({ from: transport.authorizeFrom, sendProblem }),
    cors(transport.corsOrigins, schemes),
    cleartext({ policy: transport.cleartext, schemes, sendProblem, reportLeak }),
    pages({ contract, ruleBook, clock, metrics, schemes, identifyRequest, refuse, sendProblem }),
    match(routes, sendProblem),
    whenForwardAuth(forwardedParameters(sendProblem)),
    identifyKey(schemes, identifyRequest),
    validator.authorize,
    keyEndsAt(),
    limit({ limiter, ruleBook, clock, sendProblem }),
    whenForwardAuth(bracketParameters(sendProblem)),
    whenForwardAuth(numbers(sendProblem)),
    whenForwardAuth(jsonParameters(sendProblem)),
    whenForwardAuth(validator.validateParameters),
    replyToForwardAuth(sendProblem),
    ...lastSteps,
  );
  app.use(errorHandler(sendProblem));
  const isRejectedEarly = createEarlyReject({
    ...deps,
    schemes,
    trustedHops: transport.trustedHops,
    ticks: systemTicks,
  });
  const { findCached } = deps.keys;
  // Requests that the fast path has begun end with the same stages, the validator included.
  const rest = bareApp(validator.authorize, ...lastSteps).use(errorHandler(sendProblem));
  const runRemainingStages = (req: IncomingMessage, res: ServerResponse) => {
    normalizeTarget(req);
    removeKeys(req as Request, schemes);
    rest(req as Request, res as Response);
  };
  const fastPath =
    deps.fastPath && findCached
      ? openFastPath({
          ...deps,
          handlers: all,
          findCached,
          isRejectedEarly,
          toRefusals,
          runRemainingStages,
        })
      : () => false;
  return (req, res, next) => {
    if (fastPath(req, res) || isRejectedEarly(req, res)) return;
    normalizeTarget(req);
    const giveBack = keepPrototypes(req, res);
    app(req as Request, res as Response, (fault?: unknown) => {
      // Whatever falls through without having been handed on was not admitted.
      if (fault !== undefined || next === undefined || passedOnOf(req) === undefined) return void res.destroy();
      giveBack();
      next();
    });
  };
}

function bareApp(...steps: readonly Stage[]) {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  return app.use(...steps.map(unlessClientGone));
}
