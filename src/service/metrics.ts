import type { Keyring } from "../auth/keyring.ts";
import type { Gateway } from "../gateway/upstream-port.ts";
import { once } from "../lib/async/once.ts";
import type { Limiter } from "../limits/limiter.ts";
import type { ReadMetrics } from "../usage/metrics-text.ts";
import type { UsageRecorder } from "./usage-recorder.ts";

/** How many counters of limits a process holds. The primary of a cluster reports the same metric for its own limiter. */
export const LIMITER_BUCKETS = { name: "latchkey_limiter_buckets", help: "Buckets of limits in memory." };

type MetricsSources = {
  readonly keyring: Pick<Keyring, "size">;
  readonly limiter: Pick<Limiter, "size">;
  readonly recorder: Pick<UsageRecorder, "meter" | "violations" | "flushLagMs">;
  /** Undefined where there are no upstreams. */
  readonly gateway: Pick<Gateway, "openCircuits" | "streams"> | undefined;
  /** The id of the worker, in a cluster. */
  readonly workerId: string | undefined;
};

function gatewayGauges({ openCircuits, streams }: Pick<Gateway, "openCircuits" | "streams">) {
  return {
    latchkey_websockets_open: { help: "Open WebSockets.", read: streams.countTunnels },
    latchkey_upstream_circuits_open: {
      help: "Upstreams that cannot be reached, and operations that get no response.",
      read: openCircuits,
    },
  };
}

/** Reads the metrics of this process. The library that formats them takes 10 MB, and is loaded on the first call. */
export function createReadMetrics({ keyring, limiter, recorder, gateway, workerId }: MetricsSources): ReadMetrics {
  const { meter, violations, flushLagMs } = recorder;
  const gauges = {
    latchkey_keyring_keys: { help: "Keys in memory.", read: keyring.size },
    [LIMITER_BUCKETS.name]: { help: LIMITER_BUCKETS.help, read: limiter.size },
    latchkey_flush_lag_seconds: { help: "Since counts were last stored.", read: () => flushLagMs() / 1000 },
    ...(gateway && gatewayGauges(gateway)),
  };
  const load = once(async () => {
    const { createMetricsReader } = await import("../usage/metrics.ts");
    return createMetricsReader({ meter, violations, gauges, worker: workerId });
  });
  return async () => (await load())();
}
