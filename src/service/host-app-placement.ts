/** What Express keeps of a middleware or a route; the same in Express 4 and 5. */
type Layer = { readonly handle?: unknown; readonly route?: unknown };

/**
 * Whether this route leads to `middleware`. Express leaves `req.route` in place after a route has called `next`, so its
 * presence alone does not show how a middleware was mounted.
 */
export function leadsTo(route: unknown, middleware: unknown): boolean {
  return layersOf(route).some(
    (layer) => layer.handle === middleware || leadsTo(layer.handle, middleware) || leadsTo(layer.route, middleware),
  );
}

/** Whether a route of this app, or of a router in it, leads to `middleware`. */
export function isMountedInRoute(app: unknown, middleware: unknown): boolean {
  return isInRouteOf(routerOf(app), middleware);
}

function isInRouteOf(router: unknown, middleware: unknown): boolean {
  return layersOf(router).some(({ handle, route }) =>
    route === undefined ? isInRouteOf(handle, middleware) : leadsTo(route, middleware),
  );
}

/** The layers of a router or a route; none for other values. */
function layersOf(value: unknown): readonly Layer[] {
  return isObjectLike(value) && "stack" in value && Array.isArray(value.stack) ? value.stack : [];
}

function routerOf(app: unknown): unknown {
  if (!isObjectLike(app)) return undefined;
  if ("_router" in app && app._router !== undefined) return app._router;
  if (typeof app !== "function" || !("router" in app)) return undefined;
  try {
    return app.router;
  } catch {
    // Express 4 throws here; its `_router` is missing as long as the app has no middleware.
    return undefined;
  }
}

/** Routers and apps are functions with properties. */
function isObjectLike(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
