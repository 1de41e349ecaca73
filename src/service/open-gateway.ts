import type { Config } from "../config/config.ts";
import type { Contract } from "../contract/model/contract.ts";
import { onlyKeyHeadersOf } from "../contract/model/schemes.ts";
import type { Log } from "../lib/log/log.ts";
import { systemClock } from "../lib/time/clock.ts";

/** Opens the connections to the upstreams. The gateway is imported here, because it takes time and memory to load. */
export async function openGateway(
  { contract }: Pick<Config, "contract">,
  { schemes }: Pick<Contract, "schemes">,
  log: Log,
) {
  const [{ createUpstream }, { UPSTREAM_TIMEOUTS }] = await Promise.all([
    import("../gateway/upstream.ts"),
    import("../gateway/connections/connection-pool.ts"),
  ]);
  return createUpstream({
    url: contract.upstream,
    secret: contract.upstreamSecret,
    limits: { connections: contract.upstreamConnections, tunnels: contract.upstreamWebSockets },
    log,
    keyHeaders: onlyKeyHeadersOf(schemes),
    clock: systemClock,
    timeouts: {
      ...UPSTREAM_TIMEOUTS,
      firstByteTimeoutMs: contract.upstreamFirstByteSeconds * 1_000,
      betweenBytesTimeoutMs: contract.upstreamBetweenBytesSeconds * 1_000,
    },
  });
}
