import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { upperBoundMs } from "./histogram.ts";
import type { Meter } from "./meter.ts";
import type { ReadMetrics } from "./metrics-text.ts";

export type MetricsDeps = {
  readonly meter: Meter;
  /** What is to be seen of the inside, by the name of its metric. */
  readonly gauges: Readonly<Record<string, { readonly help: string; readonly read: () => number }>>;
  /** Of several processes that serve together, which one this is: a label of everything. */
  readonly member?: string | undefined;
};

/** Upper bounds in seconds, as dashboards expect them. */
const BOUNDS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

const PREFIX = "latchkey_";

/**
 * Gauges of prom-client whose names are those of counters. Each is the sum of the metric of its name without `_total`, over its
 * label `type`.
 */
const SUMS_OF_OTHERS = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/** For Prometheus. What is counted per request is read off the meter, so that nothing is counted twice. */
export function metricsReader({ meter, gauges, member }: MetricsDeps): ReadMetrics {
  const register = new Registry();
  if (member !== undefined) register.setDefaultLabels({ member });
  collectDefaultMetrics({ register, prefix: PREFIX });
  for (const name of SUMS_OF_OTHERS) register.removeSingleMetric(`${PREFIX}${name}`);
  new Counter({
    name: "latchkey_requests_total",
    help: "Answers, refusals too, by operation, class of the status, and the code of the problem.",
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
    help: "Answers that are in no count, for the store was away for too long.",
    registers: [register],
    collect() {
      this.reset();
      this.inc(meter.dropped());
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
  return async () => `${await register.metrics()}\n${latencyText(meter, member)}`;
}

/** prom-client keeps histograms of its own; these are the meter's, in the exposition format. */
function latencyText(meter: Meter, member: string | undefined): string {
  const name = "latchkey_request_duration_seconds";
  const lines = [`# HELP ${name} How long answers took.`, `# TYPE ${name} histogram`];
  for (const { operation, histogram, sumMs } of meter.latencies()) {
    const entries = Object.entries(histogram).map(
      ([bucket, count]) => [upperBoundMs(Number(bucket)) / 1000, count] as const,
    );
    const upTo = (bound: number) => entries.reduce((sum, [upper, count]) => (upper <= bound ? sum + count : sum), 0);
    const labels = `operation="${operation}"${member === undefined ? "" : `,member="${member}"`}`;
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
