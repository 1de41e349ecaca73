import type { Decision } from "../../../contract/init/annotate.ts";

/** How many operations or scopes of one kind a summary names. */
const MOST_NAMED = 5;

/** What `init` decided, in a few lines. */
export function toSummary(decisions: readonly Decision[]): string {
  const of = (...kinds: readonly Decision["kind"][]) => decisions.filter(({ kind }) => kinds.includes(kind));
  const lines = [
    keyLine(of("keyed", "scoped")),
    operationsLine(of("public"), "stays public", "stay public"),
    operationsLine(of("passed"), "is left to your API", "are left to your API"),
    operationsLine(of("named"), "has an operationId now", "have an operationId now"),
    ...of("scheme", "root").map(({ message }) => message),
  ];
  const written = lines.filter((line) => line !== undefined).map((line) => `  ${line}\n`);
  return written.length === 0 ? "Nothing had to be added.\n" : written.join("");
}

/** Each decision on a line of its own. */
export function toList(decisions: readonly Decision[]): string {
  const lines = decisions.map(
    ({ operation, message }) => `  ${operation === undefined ? "" : `${operation} `}${message}\n`,
  );
  return lines.length === 0 ? "Nothing had to be added.\n" : lines.join("");
}

function keyLine(decisions: readonly Decision[]): string | undefined {
  if (decisions.length === 0) return undefined;
  const counts = new Map<string, number>();
  for (const { scopes = [] } of decisions) for (const scope of scopes) counts.set(scope, (counts.get(scope) ?? 0) + 1);
  const scopes = [...counts].map(([scope, count]) => `${scope} (${count})`);
  return `${operationsOf(decisions.length)} ${decisions.length === 1 ? "needs" : "need"} a key, by scope: ${listed(scopes)}`;
}

function operationsLine(decisions: readonly Decision[], one: string, many: string): string | undefined {
  if (decisions.length === 0) return undefined;
  const names = decisions.flatMap(({ operation }) => operation ?? []);
  return `${operationsOf(names.length)} ${names.length === 1 ? one : many}: ${listed(names)}`;
}

function operationsOf(count: number): string {
  return count === 1 ? "1 operation" : `${count} operations`;
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
