import type { Row } from "./rounds.ts";

const HEADS = ["", "ratio", "lowest – highest", "requests/s", "p50 ms", "p99 ms", "CPU µs", "RSS MB", "start ms"];

/** In Markdown. */
export function toTable(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(HEADS), line(HEADS.map((_, at) => (at === 0 ? "---" : "---:"))), ...rows.map(toCells).map(line)].join(
    "\n",
  );
}

function toCells(row: Row): readonly string[] {
  if (row.missing !== undefined) return [row.name, `not measured: ${row.missing}`, ...Array(HEADS.length - 2).fill("")];
  const { ratio, perSecond, p50Ms, p99Ms, cpuMicroseconds, residentMb, startedMs } = row;
  return [
    row.name,
    ratio.median.toFixed(2),
    `${ratio.lowest.toFixed(2)} – ${ratio.highest.toFixed(2)}`,
    perSecond.toFixed(0),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    cpuMicroseconds.toFixed(1),
    residentMb.toFixed(0),
    startedMs.toFixed(0),
  ];
}
