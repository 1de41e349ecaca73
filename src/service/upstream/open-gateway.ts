import type { Config } from "../../config/config.ts";
import type { Contract } from "../../contract/model/contract.ts";
import { onlyKeyHeadersOf } from "../../contract/model/schemes.ts";
import type { Log } from "../../lib/log/log.ts";
import { systemClock } from "../../lib/time/clock.ts";
import { openUpstreamCredentials, readSigningSecret } from "./upstream-credentials.ts";

/**
 * Opens the connections to the upstreams. The gateway is imported here, because it takes time and memory to load.
 * @throws SecretsUnusable
 */
export async function openGateway(
  { contract, findSecret }: Pick<Config, "contract" | "findSecret">,
  { schemes, operations, isBuiltIn }: Pick<Contract, "schemes" | "operations" | "isBuiltIn">,
  log: Log,
) {
  const forwarded = operations.filter(({ id }) => !isBuiltIn(id));
  const credentials = openUpstreamCredentials(forwarded, findSecret, log);
  const [{ createUpstream }, { UPSTREAM_TIMEOUTS }] = await Promise.all([
    import("../../gateway/upstream.ts"),
    import("../../gateway/connections/connection-pool.ts"),
  ]);
  const upstream = createUpstream({
    url: contract.upstream,
    secret: readSigningSecret(contract.upstreamSecret),
    limits: { connections: contract.upstreamConnections, tunnels: contract.upstreamWebSockets },
    log,
    keyHeaders: onlyKeyHeadersOf(schemes),
    credentialsOf: credentials.headersOf,
    clock: systemClock,
    timeouts: {
      ...UPSTREAM_TIMEOUTS,
      firstByteTimeoutMs: contract.upstreamFirstByteSeconds * 1_000,
      betweenBytesTimeoutMs: contract.upstreamBetweenBytesSeconds * 1_000,
    },
  });
  return { ...upstream, reload: credentials.reload };
}
