import { findingsOf, type Kind, kindsOf, summaryOf } from "./report.ts";
import type { Outcome } from "./try-document.ts";

const MOST_KINDS = 40;

/** What a run found, as text: the kinds of departures, the most frequent first, and the figures. */
export function toText(outcomes: readonly Outcome[]): string {
  return [
    listOf("Valid requests that were not passed on unchanged", kindsOf(outcomes, true)),
    listOf("Near-misses that were not refused at the right place", kindsOf(outcomes, false)),
    listOf("Documents that the check refuses", findingsOf(outcomes, "refused")),
    listOf("Documents that pass the check and do not start", findingsOf(outcomes, "broken")),
    JSON.stringify(summaryOf(outcomes), null, 1),
    "",
  ].join("\n");
}

function listOf(title: string, kinds: readonly Kind[]): string {
  const lines = kinds
    .slice(0, MOST_KINDS)
    .map(
      ({ kind, count, documents, example }) =>
        `${String(count).padStart(6)} in ${documents.size}: ${kind}\n         ${example}`,
    );
  return `${title}: ${kinds.length} ${kinds.length === 1 ? "kind" : "kinds"}\n${lines.join("\n")}\n`;
}
