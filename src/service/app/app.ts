import type { IncomingMessage, ServerResponse } from "node:http";
import express from "express";
import type { FastPath } from "../../fast-path/fast-path.ts";
import { openFastPath } from "../../fast-path/open-fast-path.ts";
import { normalizeTarget } from "../../http/message/target.ts";
import { createEarlyReject } from "../../http/server/early-reject.ts";
import { type Stage, unlessClientGone } from "../../http/stage.ts";
import { errorHandler } from "../../http/stages/error-handler.ts";
import { removeKeys } from "../../http/stages/identify.ts";
import { keepPrototypes, passedOnOf } from "../../http/stages/pass-to-host-app.ts";
import { systemTicks } from "../../lib/time/clock.ts";
import type { AppDeps } from "./app-deps.ts";
import { createStageParts, type StageParts } from "./stage-parts.ts";
import { createStages, lastStages } from "./stages.ts";

/** @param next called for admitted requests that the routes of a host app handle. */
export type App = (req: IncomingMessage, res: ServerResponse, next?: () => void) => void;

/**
 * The whole service: the fast path, the early reject, and the stages.
 * @throws Error when the validator cannot work with the contract.
 */
export async function createApp(deps: AppDeps): Promise<App> {
  const parts = await createStageParts(deps);
  const runStages = toExpressApp(createStages(deps, parts), parts);
  const rejectEarly = createAppEarlyReject(deps);
  const fastPath = createAppFastPath(deps, parts, rejectEarly);
  return (req, res, next) => {
    if (fastPath(req, res) || rejectEarly(req, res)) return;
    normalizeTarget(req);
    const restorePrototypes = keepPrototypes(req, res);
    runStages(req, res, (fault) => {
      // A request that no stage has passed on was not admitted.
      if (fault !== undefined || next === undefined || passedOnOf(req) === undefined) return void res.destroy();
      restorePrototypes();
      next();
    });
  };
}

type ExpressApp = (req: IncomingMessage, res: ServerResponse, next?: (fault?: unknown) => void) => void;

function toExpressApp(stages: readonly Stage[], { sendProblem }: Pick<StageParts, "sendProblem">): ExpressApp {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  return app.use(...stages.map(unlessClientGone)).use(errorHandler(sendProblem));
}

type RejectEarly = ReturnType<typeof createEarlyReject>;

function createAppEarlyReject({ contract, limits, usage, transport, ...others }: AppDeps): RejectEarly {
  const { log, clock, random, isStopping } = others;
  return createEarlyReject({
    schemes: contract.schemes,
    failedKeys: limits.failedKeys,
    meter: usage.meter,
    trustedHops: transport.trustedHops,
    ticks: systemTicks,
    log,
    clock,
    random,
    isStopping,
  });
}

function createAppFastPath(deps: AppDeps, parts: StageParts, rejectEarly: RejectEarly): FastPath {
  const { contract, keys, limits, usage, transport, log, clock, random, isStopping } = deps;
  const { findCached } = keys.finder;
  if (!deps.fastPath || findCached === undefined) return () => false;
  const runRemaining = toExpressApp(remainingStages(deps, parts), parts);
  return openFastPath({
    contract,
    ...limits,
    meter: usage.meter,
    environments: keys.environments,
    findCached,
    handlers: parts.handlers,
    toRefusals: parts.toRefusals,
    transport,
    log,
    clock,
    random,
    isStopping,
    rejectEarly,
    runRemainingStages: (req, res) => {
      normalizeTarget(req);
      runRemaining(req, res);
    },
  });
}

/** The end of a request that the fast path has begun. The validator has to authorize it too. */
function remainingStages({ contract }: AppDeps, parts: StageParts): readonly Stage[] {
  const removeKeysStage: Stage = (req, _res, next) => {
    removeKeys(req, contract.schemes);
    next();
  };
  return [removeKeysStage, parts.validator.authorize, ...lastStages(parts)];
}
