import { createResponseChecks } from "../../contract/judge/response-check.ts";
import type { Operation } from "../../contract/model/operations.ts";
import { forward } from "../../gateway/forward.ts";
import { openTunnel } from "../../gateway/tunnels/open-tunnel.ts";
import type { Gateway } from "../../gateway/upstream-port.ts";
import type { Validated } from "../../http/message/exchange.ts";
import type { RecheckKey } from "../../http/stages/recheck.ts";
import type { Stage } from "../../http/stages/stage.ts";
import type { AppDeps } from "./app-deps.ts";

/** The stages that ask the upstream. @throws Error when the schema of a response is not valid. */
export function createForward(
  { contract, handlers, limits, clock, random, log }: AppDeps,
  gateway: Gateway,
  recheckKey: RecheckKey,
): readonly Stage<Validated>[] {
  const isChecked = ({ id, responseCheck }: Operation) => responseCheck !== "off" && !Object.hasOwn(handlers, id);
  const checks = createResponseChecks(contract.outline, contract.operations.filter(isChecked));
  return [
    openTunnel({ ...limits, clock, random, gateway, log, recheckKey }),
    forward({ gateway, checks, log, recheckKey }),
  ];
}
