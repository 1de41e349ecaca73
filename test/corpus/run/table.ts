import { summaryOf } from "./report.ts";
import type { Outcome } from "./try-document.ts";

/** Providers with fewer documents share a row. */
const DOCUMENTS_FOR_A_ROW = 15;

/** The figures of a run by provider, as a table in Markdown. */
export function toTable(outcomes: readonly Outcome[]): string {
  const providers = Map.groupBy(outcomes, ({ name }) => providerOf(name));
  const large = [...providers].filter(([, all]) => all.length >= DOCUMENTS_FOR_A_ROW);
  const small = [...providers].filter(([, all]) => all.length < DOCUMENTS_FOR_A_ROW);
  const rows = [
    ...large.toSorted(([, one], [, other]) => other.length - one.length),
    [`${small.length} others`, small.flatMap(([, all]) => all)] as const,
    ["**all**", outcomes] as const,
  ];
  return [
    "| provider | documents | served | operations | said to be unreachable | valid requests | not passed on unchanged | near-misses | not refused there |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows.map(([name, all]) => row(name, all)),
    "",
  ].join("\n");
}

function providerOf(name: string): string {
  return name.startsWith("@octokit") ? "@octokit/openapi" : name.replace(/(?:\/.*|\.json)$/s, "");
}

function row(name: string, outcomes: readonly Outcome[]): string {
  const { documents, served, operations, unreachable, valid, validDepartures, misses, missDepartures } =
    summaryOf(outcomes);
  const figures = [documents, served, operations, unreachable, valid, validDepartures, misses, missDepartures];
  return `| ${[name, ...figures.map((figure) => figure.toLocaleString("en"))].join(" | ")} |`;
}

/** How many documents are of which version of OpenAPI. */
export function versionsOf(outcomes: readonly Outcome[]): string {
  const versions = [...Map.groupBy(outcomes, ({ version }) => version)].toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return versions.map(([version, { length }]) => `${length} × ${version}`).join(", ");
}
