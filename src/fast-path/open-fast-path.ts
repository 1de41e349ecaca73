import type { JsonObject } from "../contract/document/json.ts";
import type { Operation } from "../contract/model/operations.ts";
import type { Routes } from "../contract/model/routes.ts";
import type { KeySchemes } from "../contract/model/schemes.ts";
import type { AnyHandler } from "../http/reply/handler.ts";
import { createCompiledSchemas } from "./compiled-schemas.ts";
import { createFastTable, fastOperations } from "./fast-operation.ts";
import { createFastPath, type FastPath, type FastPathDeps } from "./fast-path.ts";
import { createPeers } from "./peers.ts";
import { createReadHead } from "./read-head.ts";

export type OpenFastPathDeps = Omit<FastPathDeps, "find" | "readHead" | "peerOf" | "headers"> & {
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
export function openFastPath(deps: OpenFastPathDeps): FastPath {
  const { operations, routes, schemes, transport } = deps;
  const rows = fastOperations({ ...deps, schemas: createCompiledSchemas(deps.document) });
  return createFastPath({
    ...deps,
    find: createFastTable(rows, routes),
    readHead: createReadHead({ schemes, others: operations.flatMap(headersOf) }),
    peerOf: createPeers(transport.trustedHops, transport.cleartext === "allow"),
    headers: transport.corsOrigins.length > 0 ? ["Vary", "Origin"] : [],
  });
}

function headersOf({ headerParameters }: Operation): readonly string[] {
  return headerParameters.map((name) => name.toLowerCase());
}
