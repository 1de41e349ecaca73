import type { Batch, KeyUse, UsageRow } from "../../usage/batch.ts";

/** The rows and key uses of a batch, as JSON. What a row shares with the one before it is left out. */
export function toEntry({ rows, keyUses }: Batch): string {
  const content: Content = [
    rows.map((row, index) => {
      const own: OwnCounts = [row.keyId, row.requests, row.cost, row.bytesIn, row.bytesOut];
      return isLike(row, rows[index - 1]) ? own : [...own, ...sharedOf(row)];
    }),
    keyUses.map(({ keyId, at, requests, operation, network }, index) => {
      const before = keyUses[index - 1];
      const isShared = before?.operation === operation && before.network === network;
      return isShared ? [keyId, at, requests] : [keyId, at, requests, operation, network];
    }),
  ];
  return JSON.stringify(content);
}

type OwnCounts = readonly [keyId: string, requests: number, cost: number, bytesIn: number, bytesOut: number];
type Shared = readonly [
  minute: number,
  clientId: string,
  environment: string,
  operation: string,
  statusClass: number,
  code: string,
];
type OwnUse = readonly [keyId: string, at: number, requests: number];
type Content = readonly [
  rows: readonly (OwnCounts | readonly [...OwnCounts, ...Shared])[],
  keyUses: readonly (OwnUse | readonly [...OwnUse, operation: string, network: string])[],
];

function sharedOf(row: UsageRow): Shared {
  return [row.minute, row.clientId, row.environment, row.operation, row.statusClass, row.code];
}

function isLike(row: UsageRow, before: UsageRow | undefined): boolean {
  return (
    before !== undefined &&
    row.minute === before.minute &&
    row.clientId === before.clientId &&
    row.environment === before.environment &&
    row.operation === before.operation &&
    row.statusClass === before.statusClass &&
    row.code === before.code
  );
}

export function parseEntry(text: string): Batch {
  const [rows, keyUses]: Content = JSON.parse(text);
  return { rows: parseRows(rows), keyUses: parseUses(keyUses), latencies: [] };
}

function parseRows(tuples: Content[0]): readonly UsageRow[] {
  let shared = NO_SHARED;
  return tuples.map((tuple) => {
    const [keyId, requests, cost, bytesIn, bytesOut] = tuple;
    if (hasShared(tuple)) {
      const [, , , , , minute, clientId, environment, operation, statusClass, code] = tuple;
      shared = { minute, clientId, environment, operation, statusClass, code };
    }
    return { keyId, requests, cost, bytesIn, bytesOut, ...shared };
  });
}

const NO_SHARED = { minute: 0, clientId: "", environment: "", operation: "", statusClass: 0, code: "" };

function hasShared(tuple: Content[0][number]): tuple is readonly [...OwnCounts, ...Shared] {
  return tuple.length > 5;
}

function parseUses(tuples: Content[1]): readonly KeyUse[] {
  let shared = { operation: "", network: "" };
  return tuples.map(([keyId, at, requests, operation, network]) => {
    if (operation !== undefined && network !== undefined) shared = { operation, network };
    return { keyId, at, requests, ...shared };
  });
}
