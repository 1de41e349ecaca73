import { COMMAND_BOUNDS, dayBefore, readSeries } from "../../admin/read-usage.ts";
import { largestOf } from "../../lib/largest.ts";
import { findClient } from "../../store/clients.ts";
import type { Database } from "../../store/database/schema.ts";
import { usageToCsv } from "../../usage/csv.ts";
import { GROUPINGS, type Grouping } from "../../usage/groupings.ts";
import type { Bucket } from "../../usage/series.ts";
import { UsageError } from "../failure.ts";
import { parseLast, parseStart } from "../option-values.ts";
import { unknownClient } from "../outcome-failures.ts";
import { type JsonOption, toJson, toTable } from "../output.ts";
import { type Session, withActions } from "../session.ts";
import { toBar, toSparkline } from "../terminal/bars.ts";

export type UsageOptions = JsonOption & {
  readonly from: string;
  readonly to?: string;
  readonly bucket: Bucket;
  readonly groupBy: readonly string[];
  readonly client?: string;
  readonly key?: string;
  readonly operation?: string;
  readonly environment?: string;
  readonly code?: string;
  readonly csv?: true;
};

/** Prints how often the API was called, as a table, JSON or CSV. */
export async function showUsage(session: Session, options: UsageOptions) {
  const groupBy = toGroupings(options.groupBy);
  const outcome = await withActions(session, async ({ db, clock }) => {
    const now = clock.now();
    const to = options.to === undefined ? now : parseLast(options.to, now);
    const from = options.from === "24h" ? dayBefore(to) : parseStart(options.from, now);
    const client = options.client === undefined ? undefined : await findClient(db, options.client);
    if (options.client !== undefined && client === undefined) throw unknownClient(options.client);
    const { key, operation, environment, code, bucket } = options;
    const all = { client: client?.id, key, operation, environment, code };
    const where = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const read = await readSeries(db, { from, to, bucket, groupBy, where }, COMMAND_BOUNDS);
    return { ...read, names: read.kind === "read" ? await clientNames(db, read.usage) : new Map<string, string>() };
  });
  if (outcome.kind === "backwards") throw new UsageError("The range is empty: --from must be before --to.");
  if (outcome.kind === "too-much")
    throw new UsageError(
      `The result has more than ${outcome.most} ${outcome.of}: use longer buckets, a shorter time, or fewer groups.`,
    );
  const { usage } = outcome;
  if (options.json) session.out(toJson(usage));
  else if (options.csv) session.out(usageToCsv(usage, groupBy));
  else session.out(usage.series.length === 0 ? "No requests in this time.\n" : toText(usage, groupBy, outcome.names));
}

/** The names of the clients in the series, by id. */
async function clientNames(db: Database, { series }: Shown): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(series.flatMap(({ group }) => group["client"] || []))];
  const clients = await Promise.all(ids.map((id) => findClient(db, id)));
  return new Map(clients.flatMap((client) => (client ? [[client.id, client.name] as const] : [])));
}

function toGroupings(names: readonly string[]): readonly Grouping[] {
  const known = names.filter(isGrouping);
  if (known.length < names.length || names.length > 3)
    throw new UsageError(`Invalid --group-by: use up to three of ${GROUPINGS.join(", ")}.`);
  return [...new Set(known)];
}

function isGrouping(name: string): name is Grouping {
  return GROUPINGS.some((grouping) => grouping === name);
}

type Shown = Extract<Awaited<ReturnType<typeof readSeries>>, { readonly kind: "read" }>["usage"];

function toText(
  { series, from, to, bucket }: Shown,
  groupBy: readonly Grouping[],
  clients: ReadonlyMap<string, string>,
) {
  const rows = series
    .map(({ group, points, latencyMs }) => ({
      names: groupBy.map((name) => clients.get(group[name] ?? "") || group[name] || "-"),
      requests: points.reduce((sum, point) => sum + point.requests, 0),
      cost: points.reduce((sum, point) => sum + point.cost, 0),
      trend: toSparkline(points.map(({ requests }) => requests)),
      latency: latencyMs === undefined ? [] : [`${latencyMs.p50}`, `${latencyMs.p99}`],
    }))
    .toSorted((one, other) => other.requests - one.requests);
  const most = largestOf(rows.map(({ requests }) => requests));
  const hasLatency = rows.some(({ latency }) => latency.length > 0);
  const head = [
    ...groupBy.map((name) => name.toUpperCase()),
    "REQUESTS",
    "COST",
    ...(hasLatency ? ["P50 MS", "P99 MS"] : []),
    "BY TIME",
    "",
  ];
  const table = toTable(
    head,
    rows.map(({ names, requests, cost, trend, latency }) => [
      ...names,
      String(requests),
      String(cost),
      ...(hasLatency ? [latency[0] ?? "", latency[1] ?? ""] : []),
      trend,
      toBar(requests, most),
    ]),
  );
  return `${from} to ${to}, by ${bucket}\n\n${table}`;
}
