import { IDENTITY_HEADERS, identityHeaders } from "../../../keys/identity-headers.ts";
import type { Admitted } from "../../message/exchange.ts";
import { emptyReply, type Reply } from "../../reply/reply.ts";
import type { Stage } from "../stage.ts";
import { type ValidateDeps, validateRequest } from "../validate.ts";

/**
 * The last stage of requests that a proxy asks about: the caller is admitted, and the headers say who it is. Parameters
 * are validated; the body is not here.
 */
export function replyToForwardAuth(deps: ValidateDeps): Stage<Admitted> {
  return {
    check: "validate",
    run: (exchange) => {
      if (exchange.forwardAuth === undefined) return undefined;
      const refusal = validateRequest(exchange, { kind: "none" }, deps);
      if (refusal instanceof Promise) return refusal.then((reply) => reply ?? toReply(exchange));
      return refusal ?? toReply(exchange);
    },
  };
}

function toReply({ operation, admission: { key }, forwardAuth, message }: Admitted): Reply {
  // Empty without a key: for a missing header, Caddy would forward the header's name as its value.
  const identity = key === undefined ? NO_IDENTITY : identityHeaders(key);
  // The key, wherever `identify` has found it.
  const removed = forwardAuth?.isFromEnvoy ? [ENVOY_REMOVES, [...message.removed].join(",")] : [];
  // Empty where the contract declares no WebSocket: there the proxy must not pass one on.
  const upgrade = ["X-Latchkey-Upgrade", operation.upgrade ?? ""];
  return emptyReply(200, [...identity.flat(), "X-Latchkey-Operation", operation.id, ...upgrade, ...removed]);
}

const ENVOY_REMOVES = "X-Envoy-Auth-Headers-To-Remove";

const NO_IDENTITY = IDENTITY_HEADERS.map((name) => [name, ""] as const);
