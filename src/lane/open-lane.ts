import type { JsonObject } from "../contract/json.ts";
import type { Operation } from "../contract/operations.ts";
import type { Routes } from "../contract/routes.ts";
import type { KeySchemes } from "../contract/schemes.ts";
import type { AnyHandler } from "../http/handler.ts";
import { createLane, type Lane, type LaneDeps } from "./lane.ts";
import { createLaneTable, laneOperations } from "./lane-operation.ts";
import { createPeers } from "./peers.ts";
import { createReadHead } from "./read-head.ts";
import { createSureSchemas } from "./sure-schemas.ts";

export type OpenLaneDeps = Omit<LaneDeps, "find" | "readHead" | "peerOf" | "headers"> & {
  readonly document: JsonObject;
  readonly operations: readonly Operation[];
  readonly routes: Routes;
  readonly schemes: KeySchemes;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  readonly transport: {
    readonly trustedHops: number;
    readonly cleartext: "refuse" | "revoke" | "allow";
    readonly corsOrigins: readonly string[];
  };
};

/** The lane for a contract: what can be known of it beforehand, and where its requests come from. */
export function openLane(deps: OpenLaneDeps): Lane {
  const { operations, routes, schemes, transport } = deps;
  const rows = laneOperations({ ...deps, schemas: createSureSchemas(deps.document) });
  return createLane({
    ...deps,
    find: createLaneTable(rows, routes),
    readHead: createReadHead({ schemes, others: operations.flatMap(headersOf) }),
    peerOf: createPeers(transport.trustedHops, transport.cleartext === "allow"),
    headers: transport.corsOrigins.length > 0 ? ["Vary", "Origin"] : [],
  });
}

function headersOf({ headerParameters }: Operation): readonly string[] {
  return headerParameters.map((name) => name.toLowerCase());
}
