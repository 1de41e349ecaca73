import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { upperBoundMs } from "./histogram.ts";
import type { Meter } from "./meter.ts";
import type { ReadMetrics } from "./metrics-text.ts";
import type { Violations } from "./violations.ts";

export type MetricsDeps = {
  readonly meter: Meter;
  readonly violations: Pick<Violations, "totals">;
  /** Internal state to show, by metric name. */
  readonly gauges: Readonly<Record<string, { readonly help: string; readonly read: () => number }>>;
  /** In a cluster, the id of this worker; all its metrics get it as the label `member`. */
  readonly worker?: string | undefined;
};

/** Upper bounds of the exported histogram, in seconds; dashboards expect these. */
const BOUNDS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

const PREFIX = "latchkey_";

/**
 * Gauges of prom-client that are named like counters. They add nothing: each is the sum, over the label `type`, of the
 * metric without `_total` in its name.
 */
const REDUNDANT_GAUGES = [
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
  "nodejs_active_resources_total",
];

/** Creates the metrics for Prometheus. Counts of requests come from the meter, so that nothing is counted twice. */
export function createMetricsReader({ meter, violations, gauges, worker }: MetricsDeps): ReadMetrics {
  const register = new Registry();
  if (worker !== undefined) register.setDefaultLabels({ member: worker });
  collectDefaultMetrics({ register, prefix: PREFIX });
  for (const name of REDUNDANT_GAUGES) register.removeSingleMetric(`${PREFIX}${name}`);
  new Counter({
    name: "latchkey_requests_total",
    help: "Responses, including refusals, by operation, status class and problem code.",
    labelNames: ["operation", "status_class", "code"],
    registers: [register],
    collect() {
      this.reset();
      for (const { operation, statusClass, code, requests } of meter.totals())
        this.inc({ operation, status_class: `${statusClass}xx`, code }, requests);
    },
  });
  new Counter({
    name: "latchkey_usage_dropped_total",
    help: "Responses that were not counted because the store was unavailable for too long.",
    registers: [register],
    collect() {
      this.reset();
      this.inc(meter.dropped());
    },
  });
  new Counter({
    name: "latchkey_request_violations_total",
    help: "Parts of requests that did not match the contract and were passed on (requests: report), by operation.",
    labelNames: ["operation"],
    registers: [register],
    collect() {
      this.reset();
      for (const [operation, count] of violations.totals()) this.inc({ operation }, count);
    },
  });
  for (const [name, { help, read }] of Object.entries(gauges)) {
    new Gauge({
      name,
      help,
      registers: [register],
      collect() {
        this.set(read());
      },
    });
  }
  return async () => `${await register.metrics()}\n${latencyText(meter, worker)}`;
}

/** The histograms of the meter in the exposition format; prom-client can only export its own. */
function latencyText(meter: Meter, worker: string | undefined): string {
  const name = "latchkey_request_duration_seconds";
  const lines = [`# HELP ${name} Time from the request to the end of the response.`, `# TYPE ${name} histogram`];
  for (const { operation, histogram, sumMs } of meter.latencies()) {
    const entries = Object.entries(histogram).map(
      ([bucket, count]) => [upperBoundMs(Number(bucket)) / 1000, count] as const,
    );
    const upTo = (bound: number) => entries.reduce((sum, [upper, count]) => (upper <= bound ? sum + count : sum), 0);
    const labels = `operation="${operation}"${worker === undefined ? "" : `,member="${worker}"`}`;
    const total = upTo(Number.POSITIVE_INFINITY);
    for (const bound of BOUNDS_SECONDS) lines.push(`${name}_bucket{${labels},le="${bound}"} ${upTo(bound)}`);
    lines.push(
      `${name}_bucket{${labels},le="+Inf"} ${total}`,
      `${name}_sum{${labels}} ${sumMs / 1000}`,
      `${name}_count{${labels}} ${total}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
