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
import { type JsonOption, toJson } from "../output.ts";
import { type Session, withActions } from "../session.ts";
import { toBar, toSparkline } from "../terminal/bars.ts";
import type { Painted } from "../terminal/painted.ts";
import { type Column, paintTable, type TableOptions } from "../terminal/table.ts";

export type UsageOptions = JsonOption &
  TableOptions & {
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
  else if (usage.series.length === 0) session.out("No requests in this time.\n");
  else {
    session.out(`${usage.from} to ${usage.to}, by ${usage.bucket}\n\n`);
    session.show(toTable(session, options, { usage, groupBy, names: outcome.names }));
  }
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

type Row = {
  readonly names: readonly string[];
  readonly requests: number;
  readonly cost: number;
  readonly trend: string;
  readonly latencyMs: Shown["series"][number]["latencyMs"];
};

type Found = {
  readonly usage: Shown;
  readonly groupBy: readonly Grouping[];
  /** Of clients, by id. */
  readonly names: ReadonlyMap<string, string>;
};

function toTable({ screen }: Session, { wide }: TableOptions, { usage, groupBy, names }: Found): Painted {
  const rows: readonly Row[] = usage.series
    .map(({ group, points, latencyMs }) => ({
      names: groupBy.map((name) => names.get(group[name] ?? "") || group[name] || "-"),
      requests: points.reduce((sum, point) => sum + point.requests, 0),
      cost: points.reduce((sum, point) => sum + point.cost, 0),
      trend: toSparkline(points.map(({ requests }) => requests)),
      latencyMs,
    }))
    .toSorted((one, other) => other.requests - one.requests);
  const most = largestOf(rows.map(({ requests }) => requests));
  return paintTable([...groupColumns(groupBy), ...countColumns(rows, most)], rows, screen, { wide });
}

function groupColumns(groupBy: readonly Grouping[]): readonly Column<Row>[] {
  return groupBy.map((name, index) => ({
    title: name.toUpperCase(),
    cell: ({ names }) => names[index] ?? "",
    cutTo: 12,
  }));
}

function countColumns(rows: readonly Row[], most: number): readonly Column<Row>[] {
  const latency: readonly Column<Row>[] = [
    { title: "P50 MS", cell: ({ latencyMs }) => String(latencyMs?.p50 ?? ""), align: "right", dropped: 1 },
    { title: "P99 MS", cell: ({ latencyMs }) => String(latencyMs?.p99 ?? ""), align: "right", dropped: 1 },
  ];
  return [
    { title: "REQUESTS", cell: ({ requests }) => String(requests), align: "right" },
    { title: "COST", cell: ({ cost }) => String(cost), align: "right", dropped: 2 },
    ...(rows.some(({ latencyMs }) => latencyMs !== undefined) ? latency : []),
    { title: "BY TIME", cell: ({ trend }) => trend, dropped: 3 },
    { title: "", cell: ({ requests }) => ({ text: toBar(requests, most), style: "cyan" }), dropped: 4 },
  ];
}
