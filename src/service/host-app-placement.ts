/** What Express keeps of a middleware or a route: the same in Express 4 and 5. */
type Layer = { readonly handle?: unknown; readonly route?: Stacked | undefined };
type Stacked = { readonly stack?: readonly Layer[] };

/**
 * Does this route lead to `middleware`? Express leaves `req.route` in place when a route goes on, so that there is one
 * says nothing about how a middleware was mounted.
 */
export function leadsTo(route: unknown, middleware: unknown): boolean {
  const { stack = [] } = (route ?? {}) as Stacked;
  return stack.some(
    (layer) => layer.handle === middleware || leadsTo(layer.handle, middleware) || leadsTo(layer.route, middleware),
  );
}

/** Has this app, or a router in it, a route that leads to `middleware`? */
export function hasInRoute(app: unknown, middleware: unknown): boolean {
  return isBelowRoute(routerOf(app), middleware);
}

function isBelowRoute({ stack = [] }: Stacked, middleware: unknown): boolean {
  return stack.some(({ handle, route }) =>
    route === undefined ? isBelowRoute((handle ?? {}) as Stacked, middleware) : leadsTo(route, middleware),
  );
}

function routerOf(app: unknown): Stacked {
  const { _router } = app as { readonly _router?: Stacked };
  // Express 4 has nothing else, and throws when it is asked for `router`.
  if (_router !== undefined || typeof app !== "function") return _router ?? {};
  try {
    return (app as { readonly router?: Stacked }).router ?? {};
  } catch {
    return {};
  }
}
