import type { Routes } from "../../contract/model/routes.ts";
import type { FastRoute } from "./fast-route.ts";

type FoundRoute = { readonly route: FastRoute; readonly pathParams: PathParams };

type PathParams = Readonly<Record<string, string>>;

/** @returns undefined when the operation of the request is not on the fast path, or when there is none. */
export type FindRoute = (method: string, path: string) => FoundRoute | undefined;

/**
 * Finds the fast route of a request. Paths without parameters are looked up in a map; `routes` decides about all
 * others.
 */
export function createFindRoute(fastRoutes: readonly FastRoute[], routes: Routes): FindRoute {
  const byOperation = new Map(fastRoutes.map((route) => [route.operation, route]));
  const byMethod = toFixedPaths(fastRoutes, routes);

  return (method, path) => {
    const fixed = byMethod.get(method)?.get(path);
    if (fixed !== undefined) return { route: fixed, pathParams: NO_PARAMS };
    const matched = routes.match(method, path);
    if (matched.kind !== "matched") return undefined;
    const route = byOperation.get(matched.operation);
    return route && { route, pathParams: matched.pathParams };
  };
}

const NO_PARAMS: PathParams = {};

/** The routes whose path has no parameters, by method and path; only where `routes` finds the same operation. */
function toFixedPaths(fastRoutes: readonly FastRoute[], routes: Routes) {
  const byMethod = new Map<string, Map<string, FastRoute>>();
  for (const route of fastRoutes) {
    const { method, path } = route.operation;
    const matched = routes.match(method, path);
    if (path.includes("{") || matched.kind !== "matched" || matched.operation !== route.operation) continue;
    const byPath = byMethod.get(method) ?? new Map<string, FastRoute>();
    byMethod.set(method, byPath.set(path, route));
  }
  return byMethod;
}
