import { pages } from "../../http/pages/pages.ts";
import type { Stage } from "../../http/stage.ts";
import { accessLog } from "../../http/stages/access-log.ts";
import { body } from "../../http/stages/body.ts";
import { cleartext } from "../../http/stages/cleartext.ts";
import { cors } from "../../http/stages/cors.ts";
import { dispatch } from "../../http/stages/dispatch.ts";
import { edge } from "../../http/stages/edge.ts";
import { forwardAuth } from "../../http/stages/forward-auth/forward-auth.ts";
import { replyToForwardAuth, whenForwardAuth } from "../../http/stages/forward-auth/forward-auth-reply.ts";
import { forwardedParameters } from "../../http/stages/forward-auth/forwarded-headers.ts";
import { identifyKey } from "../../http/stages/identify.ts";
import { keyEndsAt } from "../../http/stages/key-ends-at.ts";
import { limit } from "../../http/stages/limit.ts";
import { match } from "../../http/stages/match.ts";
import { metering } from "../../http/stages/metering.ts";
import { bracketParameters } from "../../http/stages/parameters/bracket-parameters.ts";
import { jsonParameters } from "../../http/stages/parameters/json-parameters.ts";
import { numericParameters } from "../../http/stages/parameters/numeric-parameters.ts";
import { recheck } from "../../http/stages/recheck.ts";
import type { AppDeps } from "./app-deps.ts";
import type { StageParts } from "./stage-parts.ts";

/** All stages, in the order in which a request passes them. */
export function createStages(deps: AppDeps, parts: StageParts): readonly Stage[] {
  return [...messageStages(deps, parts), ...keyStages(deps, parts), ...forwardAuthStages(parts), ...lastStages(parts)];
}

/** From the arrival of a request to its operation. */
function messageStages(deps: AppDeps, parts: StageParts): readonly Stage[] {
  const { contract, keys, limits, usage, transport, log, clock, random, isStopping } = deps;
  const { identifyRequest, refuse, sendProblem } = parts;
  const { schemes, routes } = contract;
  const { ruleBook } = limits;
  const { metrics } = usage;
  return [
    edge({ random, sendProblem, isStopping, trustedHops: transport.trustedHops }),
    accessLog(log),
    metering(usage.meter, clock),
    forwardAuth({ from: transport.authorizeFrom, sendProblem }),
    cors(transport.corsOrigins, schemes),
    cleartext({ policy: transport.cleartext, schemes, sendProblem, reportLeak: keys.reportLeak }),
    pages({ contract, ruleBook, clock, metrics, schemes, identifyRequest, refuse, sendProblem }),
    match(routes, sendProblem),
    whenForwardAuth(forwardedParameters(sendProblem)),
  ];
}

/** The key: whose it is, what it may do, and how often. */
function keyStages({ contract, limits, clock }: AppDeps, parts: StageParts): readonly Stage[] {
  const { identifyRequest, sendProblem, validator } = parts;
  const { limiter, ruleBook } = limits;
  return [
    identifyKey(contract.schemes, identifyRequest),
    validator.authorize,
    keyEndsAt(),
    limit({ limiter, ruleBook, clock, sendProblem }),
  ];
}

/** Forward auth ends here: the request that a proxy asks about has no body here. */
function forwardAuthStages({ sendProblem, validator }: StageParts): readonly Stage[] {
  return [
    ...parameterStages(sendProblem).map(whenForwardAuth),
    whenForwardAuth(validator.validateParameters),
    replyToForwardAuth(sendProblem),
  ];
}

/** The stages from the body on. Requests that the fast path has begun pass them too. */
export function lastStages(parts: StageParts): readonly Stage[] {
  const { refuse, sendProblem, recheckKey, validator, handlers, fallback } = parts;
  return [
    body(sendProblem),
    recheck(recheckKey, refuse),
    ...parameterStages(sendProblem),
    validator.validate,
    dispatch({ handlers, fallback, validator, refuse, sendProblem }),
  ];
}

/** The stages that prepare parameters for the validator, or refuse them. */
function parameterStages(sendProblem: StageParts["sendProblem"]): readonly Stage[] {
  return [bracketParameters(sendProblem), numericParameters(sendProblem), jsonParameters(sendProblem)];
}
