import type { TransportConfig } from "../config/transport-settings.ts";
import type { Contract } from "../contract/model/contract.ts";
import type { Operation } from "../contract/model/operations.ts";
import type { HandlersById } from "../http/reply/handler.ts";
import { createCompiledSchemas } from "./compiled/compiled-schemas.ts";
import { toFastRoutes } from "./compiled/fast-route.ts";
import { createFindRoute } from "./compiled/route-table.ts";
import { createFastPath, type FastPath, type FastPathDeps } from "./fast-path.ts";
import { createFindPeer } from "./message/find-peer.ts";
import { createReadHead } from "./message/read-head.ts";

type OpenFastPathDeps = Omit<FastPathDeps, "findRoute" | "readHead" | "findPeer" | "headers"> & {
  readonly contract: Contract;
  readonly handlers: HandlersById;
  readonly transport: Pick<TransportConfig, "trustedHops" | "cleartext" | "corsOrigins">;
};

/** Prepares the fast path for a contract: everything that can be known before the first request. */
export function openFastPath(deps: OpenFastPathDeps): FastPath {
  const { contract, transport } = deps;
  const { operations, routes, schemes, outline } = contract;
  const fastRoutes = toFastRoutes({ ...deps, schemas: createCompiledSchemas(outline.document) });
  return createFastPath({
    ...deps,
    findRoute: createFindRoute(fastRoutes, routes),
    readHead: createReadHead({ schemes, others: operations.flatMap(headersOf) }),
    findPeer: createFindPeer(transport.trustedHops, transport.cleartext === "allow"),
    headers: transport.corsOrigins.length > 0 ? ["Vary", "Origin"] : [],
  });
}

function headersOf({ headerParameters }: Operation): readonly string[] {
  return headerParameters.map((name) => name.toLowerCase());
}
