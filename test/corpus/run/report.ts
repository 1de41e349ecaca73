import type { Departure, Outcome } from "./try-document.ts";

/** The figures of a run. */
export function summaryOf(outcomes: readonly Outcome[]) {
  const served = outcomes.filter(({ start }) => start === "served");
  const sum = (of: (outcome: Outcome) => number) => served.reduce((total, one) => total + of(one), 0);
  const count = (isValid: boolean) =>
    sum(({ departures }) => departures.filter((departure) => departure.isValid === isValid).length);
  return {
    documents: outcomes.length,
    served: served.length,
    refused: outcomes.filter(({ start }) => start === "refused").length,
    broken: outcomes.filter(({ start }) => start === "broken").length,
    operations: sum(({ operations }) => operations),
    unreachable: sum(({ unreachable }) => unreachable),
    untried: sum(({ untried }) => untried.length),
    valid: sum(({ valid }) => valid),
    validDepartures: count(true),
    misses: sum(({ misses }) => misses),
    missDepartures: count(false),
  };
}

export type Kind = { readonly kind: string; count: number; readonly documents: Set<string>; readonly example: string };

/** Departures by kind, the most frequent first. */
export function kindsOf(outcomes: readonly Outcome[], isValid: boolean): readonly Kind[] {
  const kinds = new Map<string, Kind>();
  for (const { name, departures } of outcomes) {
    for (const departure of departures.filter((one) => one.isValid === isValid)) {
      addTo(
        kinds,
        `${isValid ? "" : `${departure.kind}: `}${withoutNames(departure.why)}`,
        name,
        exampleText(departure),
      );
    }
  }
  return sorted(kinds);
}

/** What keeps documents from being served, the most frequent first. */
export function findingsOf(outcomes: readonly Outcome[], start: Outcome["start"]): readonly Kind[] {
  const kinds = new Map<string, Kind>();
  for (const { name, findings, start: actual } of outcomes) {
    if (actual !== start) continue;
    for (const text of findings) addTo(kinds, withoutNames(text), name, text.slice(0, 300));
  }
  return sorted(kinds).toSorted((one, other) => other.documents.size - one.documents.size);
}

function addTo(kinds: Map<string, Kind>, kind: string, name: string, example: string) {
  const known = kinds.get(kind) ?? { kind, count: 0, documents: new Set<string>(), example: `${name}: ${example}` };
  known.count += 1;
  known.documents.add(name);
  kinds.set(kind, known);
}

function sorted(kinds: ReadonlyMap<string, Kind>): readonly Kind[] {
  return [...kinds.values()].toSorted((one, other) => other.count - one.count);
}

function exampleText({ operation, kind, target, body, why }: Departure): string {
  return `${operation} (${kind}): ${target.slice(0, 200)}${body ? ` ${body.slice(0, 200)}` : ""} → ${why.slice(0, 200)}`;
}

/** A message without what differs from document to document. */
function withoutNames(text: string): string {
  return text
    .replaceAll(/\b(?:GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE) \/\S*/g, "OPERATION")
    .replaceAll(/#\/[^\s:]*/g, (pointer) => `${/^#\/(query|path|header|cookie)\//.exec(pointer)?.[1] ?? "#"}/…`)
    .replaceAll(/ \(and \d+ more like it.*$/gs, "")
    .replaceAll(/allowed values: .*$/gs, "allowed values")
    .replaceAll(/(required property) .*$/gs, "$1")
    .replaceAll(/the (target|header|body) (?:\S+ )?is .*$/gs, "the $1")
    .replaceAll(/\/\S*\/\S*/g, "PATH")
    .replaceAll(/(?<=security scheme |pattern |parameter |alternative )\S+/g, "NAME")
    .replaceAll(/asks for .* at once/g, "asks for NAMES at once")
    .replaceAll(/"[^"]*"|'[^']*'|`[^`]*`/g, "NAME")
    .replaceAll(/\d+(?:[.,]\d+)*/g, "N")
    .slice(0, 150);
}
