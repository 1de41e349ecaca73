import { createResponseChecks } from "../../contract/judge/response-check.ts";
import type { Operation } from "../../contract/model/operations.ts";
import { forward } from "../../gateway/forward.ts";
import type { Upstream } from "../../gateway/upstream-port.ts";
import type { Validated } from "../../http/message/exchange.ts";
import type { RecheckKey } from "../../http/stages/recheck.ts";
import type { Stage } from "../../http/stages/stage.ts";
import type { AppDeps } from "./app-deps.ts";

/** The stage that asks the upstream. @throws Error when the schema of a response is not valid. */
export function createForward(
  { contract, handlers, log }: AppDeps,
  upstream: Upstream,
  recheckKey: RecheckKey,
): Stage<Validated> {
  const isChecked = ({ id, responseCheck }: Operation) => responseCheck !== "off" && !Object.hasOwn(handlers, id);
  const checks = createResponseChecks(contract.outline, contract.operations.filter(isChecked));
  return forward({ upstream, checks, log, recheckKey });
}
