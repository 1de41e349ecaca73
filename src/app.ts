import type { RequestListener } from "node:http";
import express from "express";
import type { DeedDeps } from "./admin/deeds.ts";
import type { LeakReport } from "./admin/revoke-leaked.ts";
import type { IdentifyDeps } from "./auth/identify.ts";
import type { TransportConfig } from "./config/config.ts";
import { createAnswerChecks } from "./contract/answers.ts";
import type { Contract } from "./contract/load.ts";
import { type Operation, toOperations } from "./contract/operations.ts";
import { createRoutes } from "./contract/routes.ts";
import { toKeySchemes } from "./contract/schemes.ts";
import { accessLog } from "./http/access-log.ts";
import { answerAsked, asked } from "./http/asked.ts";
import { body } from "./http/body.ts";
import { cleartext } from "./http/cleartext.ts";
import { cors } from "./http/cors.ts";
import { dispatch } from "./http/dispatch.ts";
import { edge } from "./http/edge.ts";
import { errorHandler } from "./http/error-handler.ts";
import { forward, type Upstream } from "./http/forward.ts";
import { createGuard } from "./http/guard.ts";
import type { Handlers } from "./http/handler.ts";
import { keyHeaders } from "./http/key-headers.ts";
import { match } from "./http/match.ts";
import { numbers } from "./http/numbers.ts";
import { pages } from "./http/pages.ts";
import { recheck } from "./http/recheck.ts";
import { createRefuse } from "./http/refusals.ts";
import { createSendProblem } from "./http/send-problem.ts";
import { createTakeKey, identifyCaller } from "./http/take-key.ts";
import { normalizeTarget } from "./http/target.ts";
import type { Log } from "./lib/log.ts";

export type AppDeps = IdentifyDeps &
  Pick<DeedDeps, "random"> & {
    readonly contract: Pick<Contract, "document" | "text">;
    /** Those of the operations that are answered here; all others are handed on. */
    readonly handlers: Partial<Handlers>;
    /** Where requests go that are not answered here. */
    readonly upstream?: Upstream;
    readonly log: Log;
    readonly transport: Pick<TransportConfig, "trustedHops" | "cleartext" | "corsOrigins" | "authorizeFrom">;
    /** Told the text of a key that came in clear text, where such keys are to be revoked. */
    readonly reportLeak: LeakReport;
    readonly isStopping: () => boolean;
  };

/**
 * The whole service, in the order a request walks through it.
 * @throws Error when the validator cannot work with the contract.
 */
export async function createApp(deps: AppDeps): Promise<RequestListener> {
  const { contract, handlers, upstream, log, random, transport, reportLeak, isStopping } = deps;
  const operations = toOperations(contract.document);
  const schemes = toKeySchemes(contract.document);
  const sendProblem = createSendProblem(log);
  const refuse = createRefuse(schemes, sendProblem);
  const takeKey = createTakeKey(schemes, deps);
  const guard = await createGuard(contract.document, operations, schemes, refuse, (id) => Object.hasOwn(handlers, id));
  const isChecked = ({ id, responses }: Operation) => responses !== "off" && !Object.hasOwn(handlers, id);
  const checks = createAnswerChecks(contract.document, operations.filter(isChecked));

  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(
    edge({ random, sendProblem, isStopping, trustedHops: transport.trustedHops }),
    accessLog(log),
    asked({ from: transport.authorizeFrom, sendProblem }),
    cors(transport.corsOrigins, schemes),
    cleartext({ policy: transport.cleartext, schemes, sendProblem, reportLeak }),
    pages({ contract, schemes, takeKey, refuse, sendProblem }),
    match(createRoutes(operations), sendProblem),
    identifyCaller(schemes, takeKey),
    guard.authorize,
    keyHeaders(),
    answerAsked(),
    body(sendProblem),
    recheck(deps, refuse),
    numbers(sendProblem),
    guard.validate,
    dispatch({
      handlers,
      forward: upstream && forward({ upstream, checks, log, sendProblem }),
      guard,
      refuse,
      sendProblem,
    }),
  );
  app.use(errorHandler(sendProblem));
  return (req, res) => {
    normalizeTarget(req);
    app(req, res);
  };
}
