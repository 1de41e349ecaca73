/** Reads all metrics, in the text format of Prometheus. */
export type ReadMetrics = () => Promise<string>;

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Joins the metrics of several processes: all samples of one metric must stand together under one heading. */
export function joinMetrics(texts: readonly string[]): string {
  const metrics = new Map<string, { readonly heading: string; readonly samples: string[] }>();
  for (const text of texts) {
    for (const block of text.split(/^(?=# HELP )/m)) {
      const lines = block.split("\n").filter((line) => line !== "");
      const heading = lines.filter((line) => line.startsWith("#")).join("\n");
      const metric = metrics.get(heading) ?? { heading, samples: [] };
      for (const line of lines) if (!line.startsWith("#")) metric.samples.push(line);
      if (heading !== "") metrics.set(heading, metric);
    }
  }
  return [...metrics.values()].map(({ heading, samples }) => `${[heading, ...samples].join("\n")}\n`).join("\n");
}
