import { createResponseChecks } from "../../contract/judge/response-check.ts";
import type { Operation } from "../../contract/model/operations.ts";
import { forward } from "../../gateway/forward.ts";
import type { HandlersById } from "../../http/reply/handler.ts";
import { createRefuse, type Refuse } from "../../http/reply/refusals.ts";
import { createSendProblem, type SendProblem, type WriteProblem } from "../../http/reply/send-problem.ts";
import type { Stage } from "../../http/stage.ts";
import { createIdentifyRequest, type IdentifyRequest } from "../../http/stages/identify.ts";
import { passToHostApp } from "../../http/stages/pass-to-host-app.ts";
import { createRecheckKey, type RecheckKey } from "../../http/stages/recheck.ts";
import { createValidator, type Validator } from "../../http/stages/validator/validator.ts";
import { createRateLimitedLog } from "../../lib/log/rate-limited-log.ts";
import type { AppDeps } from "./app-deps.ts";

/** What several stages share. */
export type StageParts = Refusals & {
  /** The same refusals with another writer. */
  readonly toRefusals: (write?: WriteProblem) => Refusals;
  readonly identifyRequest: IdentifyRequest;
  readonly recheckKey: RecheckKey;
  readonly validator: Validator;
  /** All handlers, by operationId. */
  readonly handlers: HandlersById;
  /** Handles requests that have no handler: passes them to the upstream or the host app. */
  readonly fallback: Stage | undefined;
};

type Refusals = { readonly sendProblem: SendProblem; readonly refuse: Refuse };

/** @throws Error when the validator cannot work with the contract. */
export async function createStageParts(deps: AppDeps): Promise<StageParts> {
  const { contract, keys, clock } = deps;
  const toRefusals = createToRefusals(deps);
  const refusals = toRefusals();
  const identifyDeps = { keys: keys.finder, environments: keys.environments, clock };
  const recheckKey = createRecheckKey(identifyDeps);
  return {
    ...refusals,
    toRefusals,
    identifyRequest: createIdentifyRequest(contract.schemes, identifyDeps),
    recheckKey,
    validator: await createValidator(contract, refusals.refuse, (id) => responderOf(deps, id)),
    handlers: { ...hostHandlersOf(deps), ...deps.handlers },
    fallback: createFallback(deps, { ...refusals, recheckKey }),
  };
}

function createToRefusals({ contract, limits, usage, log, clock }: AppDeps): StageParts["toRefusals"] {
  const { schemes, sourceLines } = contract;
  const sendDeps = {
    log,
    rateLimitedLog: createRateLimitedLog(log, clock),
    clock,
    decisions: usage.decisions,
    sourceLines,
  };
  return (write) => {
    const sendProblem = createSendProblem(sendDeps, write);
    return { sendProblem, refuse: createRefuse(schemes, sendProblem, limits.failedKeys) };
  };
}

function hostHandlersOf({ userApi }: AppDeps): HandlersById {
  return typeof userApi === "object" ? userApi.handlers : {};
}

/** Which part of the service writes the response of an operation. */
function responderOf(deps: AppDeps, operationId: string) {
  if (Object.hasOwn(deps.handlers, operationId)) return "built-in";
  return Object.hasOwn(hostHandlersOf(deps), operationId) ? "app-handler" : "elsewhere";
}

function createFallback(deps: AppDeps, parts: Pick<StageParts, "sendProblem" | "refuse" | "recheckKey">) {
  const { contract, userApi, log } = deps;
  if (userApi === undefined) return undefined;
  if (typeof userApi === "object") return passToHostApp(parts.sendProblem);
  const isChecked = ({ id, responseCheck }: Operation) =>
    responseCheck !== "off" && responderOf(deps, id) === "elsewhere";
  const checks = createResponseChecks(contract.outline, contract.operations.filter(isChecked));
  return forward({ upstream: userApi, checks, log, ...parts });
}
