import { Command, Option } from "commander";
import { COMMAND_BOUNDS, dayBefore, readSeries } from "../../admin/read-usage.ts";
import { largestOf } from "../../lib/largest.ts";
import { findClient } from "../../store/clients.ts";
import type { Database } from "../../store/database/schema.ts";
import { GROUPINGS, type Grouping } from "../../store/usage-series.ts";
import { usageToCsv } from "../../usage/csv.ts";
import { BUCKETS, type Bucket } from "../../usage/series.ts";
import { toBar, toSparkline } from "../bars.ts";
import { UsageError } from "../failure.ts";
import { unknownClient } from "../outcome-failures.ts";
import { toJson, toTable } from "../output.ts";
import { type Session, withActions } from "../session.ts";
import { gather, parseStart } from "../words.ts";

type UsageOptions = {
  readonly from: string;
  readonly to?: string;
  readonly bucket: Bucket;
  readonly groupBy: readonly string[];
  readonly client?: string;
  readonly key?: string;
  readonly operation?: string;
  readonly environment?: string;
  readonly code?: string;
  readonly json?: true;
  readonly csv?: true;
};

export function usageCommand(session: Session): Command {
  return new Command("usage")
    .description("see who calls what, how often, and why they were refused")
    .option("--from <start>", "from when on: 24h, 7d, or 2027-01-31T12:00:00Z", "24h")
    .option("--to <end>", "until when; left out, now")
    .addOption(new Option("--bucket <bucket>", "how long each point is").choices(BUCKETS).default("hour"))
    .option("--group-by <names>", `up to three of ${GROUPINGS.join(", ")}, with commas between`, gather, [])
    .option("--client <client>", "id or name: only calls by this client")
    .option("--key <id>", "only calls with this key")
    .option("--operation <operationId>", "only calls of this operation")
    .option("--environment <environment>", "only calls with live or with test keys")
    .option("--code <code>", "only answers with this problem, such as scope-missing")
    .option("--json", "print JSON")
    .option("--csv", "print CSV")
    .addHelpText(
      "after",
      "\nExamples:\n  latchkey usage --group-by client\n  latchkey usage --client my-app --from 7d --group-by operation,statusClass",
    )
    .action((options: UsageOptions) => show(session, options));
}

async function show(session: Session, options: UsageOptions) {
  const groupBy = toGroupings(options.groupBy);
  const outcome = await withActions(session, async ({ db, clock }) => {
    const now = clock.now();
    const to = options.to === undefined ? now : parseStart(options.to, now);
    const from = options.from === "24h" ? dayBefore(to) : parseStart(options.from, now);
    const client = options.client === undefined ? undefined : await findClient(db, options.client);
    if (options.client !== undefined && client === undefined) throw unknownClient(options.client);
    const { key, operation, environment, code, bucket } = options;
    const all = { client: client?.id, key, operation, environment, code };
    const where = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const read = await readSeries(db, { from, to, bucket, groupBy, where }, COMMAND_BOUNDS);
    return { ...read, names: read.kind === "read" ? await clientNames(db, read.usage) : new Map<string, string>() };
  });
  if (outcome.kind === "backwards") throw new UsageError("The start must lie before the end.");
  if (outcome.kind === "too-much")
    throw new UsageError(
      `That is more than ${outcome.most} ${outcome.of}: ask for longer buckets, less time, or fewer groups.`,
    );
  const { usage } = outcome;
  if (options.json) session.out(toJson(usage));
  else if (options.csv) session.out(usageToCsv(usage, groupBy));
  else
    session.out(
      usage.series.length === 0 ? "Nothing was called in this time.\n" : toText(usage, groupBy, outcome.names),
    );
}

/** People know clients by name. */
async function clientNames(db: Database, { series }: Shown): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(series.flatMap(({ group }) => group["client"] || []))];
  const clients = await Promise.all(ids.map((id) => findClient(db, id)));
  return new Map(clients.flatMap((client) => (client ? [[client.id, client.name] as const] : [])));
}

function toGroupings(names: readonly string[]): readonly Grouping[] {
  const unknown = names.find((name) => !(GROUPINGS as readonly string[]).includes(name));
  if (unknown !== undefined || names.length > 3)
    throw new UsageError(`--group-by takes up to three of ${GROUPINGS.join(", ")}.`);
  return [...new Set(names)] as Grouping[];
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
