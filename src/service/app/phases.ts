import { createFormReaders } from "../../contract/judge/bodies/form/form-readers.ts";
import { bodyMemoryFor } from "../../contract/model/bodies/operation-body.ts";
import { createBodyBudget } from "../../http/message/body-budget.ts";
import type { Validated } from "../../http/message/exchange.ts";
import { pages } from "../../http/pages/pages.ts";
import type { Phases } from "../../http/pipeline.ts";
import { createRefuse } from "../../http/reply/refusals.ts";
import { authorize } from "../../http/stages/authorize.ts";
import { type BodyDeps, body } from "../../http/stages/body.ts";
import { checkMessage } from "../../http/stages/check-message.ts";
import { cleartext } from "../../http/stages/cleartext.ts";
import { cors } from "../../http/stages/cors.ts";
import { forwardAuth } from "../../http/stages/forward-auth/forward-auth.ts";
import { replyToForwardAuth } from "../../http/stages/forward-auth/forward-auth-reply.ts";
import { forwardedParameters } from "../../http/stages/forward-auth/forwarded-headers.ts";
import { handle } from "../../http/stages/handle.ts";
import { createIdentifyCaller, identify } from "../../http/stages/identify.ts";
import { keyEndsAt } from "../../http/stages/key-ends-at.ts";
import { limit } from "../../http/stages/limit.ts";
import { match } from "../../http/stages/match.ts";
import { passToHostApp } from "../../http/stages/pass-to-host-app.ts";
import { createRecheckKey, type RecheckKey, recheck } from "../../http/stages/recheck.ts";
import { reportBody, tolerateContent } from "../../http/stages/reporting/report-body.ts";
import { createReporting } from "../../http/stages/reporting/reporting.ts";
import type { Stage } from "../../http/stages/stage.ts";
import { upgrade } from "../../http/stages/upgrade/upgrade.ts";
import { validate, validateRequest } from "../../http/stages/validate.ts";
import type { AppDeps } from "./app-deps.ts";
import { createForward } from "./create-forward.ts";

/** All stages, in the order in which a request passes them. */
export function createPhases(deps: AppDeps): Phases {
  const { contract, judge, keys, limits, usage, transport, maxBodyBytes, clock } = deps;
  const { operations, routes, schemes, prefix } = contract;
  const { ruleBook } = limits;
  const refuse = createRefuse(schemes, limits.failedKeys);
  const identifyDeps = { keys: keys.finder, environments: keys.environments, clock };
  const identifyCaller = createIdentifyCaller(identifyDeps);
  const recheckKey = createRecheckKey(identifyDeps, refuse);
  const bodies = operations.map((operation) => operation.body);
  const reporting = createReporting(reportingDepsOf(deps));
  const bodyDeps: BodyDeps = {
    maxBytes: maxBodyBytes,
    isBuiltIn: contract.isBuiltIn,
    budget: createBodyBudget(bodyMemoryFor(bodies, maxBodyBytes)),
    formReaders: createFormReaders(contract.outline),
    judgeForm: (exchange, form) => validateRequest(exchange, form, { judge, reporting }),
    tolerate: (exchange, reply) => tolerateContent(exchange, reply, reporting),
  };
  return {
    received: [
      checkMessage(),
      forwardAuth({ from: transport.authorizeFrom, prefix }),
      cors({ origins: transport.corsOrigins, schemes, routes }),
      cleartext({ policy: transport.cleartext, schemes, reportLeak: keys.reportLeak }),
      pages({ contract, ruleBook, clock, metrics: usage.metrics, schemes, identifyCaller, refuse }),
      match({ operations, routes, origins: transport.corsOrigins, prefix }),
    ],
    matched: [forwardedParameters(), identify(schemes, operations, identifyCaller)],
    identified: [authorize(refuse)],
    // Forward auth ends here: the request that a proxy asks about has no body here.
    admitted: [
      keyEndsAt(),
      limit({ ...limits, clock }),
      upgrade({ schemes, origins: transport.corsOrigins }),
      replyToForwardAuth({ judge, reporting }),
      reportBody(body(bodyDeps), reporting),
    ],
    bodyRead: [recheck(recheckKey), validate(judge, reporting)],
    validated: [
      handle({ operations, handlers: { ...hostHandlersOf(deps), ...deps.handlers }, judge, refuse }),
      ...lastStages(deps, recheckKey),
    ],
  };
}

function reportingDepsOf(deps: AppDeps) {
  const { contract, requests, usage, clock } = deps;
  const handlers = hostHandlersOf(deps);
  const isHandled = (id: string) => contract.isBuiltIn(id) || Object.hasOwn(handlers, id);
  return { usual: requests, isHandled, violations: usage.violations, clock };
}

function hostHandlersOf({ userApi }: AppDeps) {
  return userApi !== undefined && "handlers" in userApi ? userApi.handlers : {};
}

/** Reply to operations without a handler: the upstream or the host app. */
function lastStages(deps: AppDeps, recheckKey: RecheckKey): readonly Stage<Validated>[] {
  const { userApi } = deps;
  if (userApi === undefined) return [];
  return "handlers" in userApi ? [passToHostApp()] : createForward(deps, userApi, recheckKey);
}
