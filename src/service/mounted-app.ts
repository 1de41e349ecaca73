import type { IncomingMessage, ServerResponse } from "node:http";
import type { App } from "./app/app.ts";

/** Handles a request, or returns what is wrong with the place where the app is mounted. */
export type MountedApp = (req: IncomingMessage, res: ServerResponse, next: () => void) => string | undefined;

/**
 * Lets `app` handle requests below the path at which Express has mounted it. Express takes that path away from the URL,
 * and puts it back for what comes next. It belongs to the paths of the contract if these begin with it.
 * @param paths of the operations.
 */
export function createMountedApp(app: App, paths: readonly string[]): MountedApp {
  let mountedAt: string | undefined;
  return (req, res, next) => {
    const written = baseUrlOf(req);
    // Express ignores case where it mounts.
    const mount = written.toLowerCase();
    mountedAt ??= mount;
    // A path that clients choose could be that of other operations.
    if (mount !== mountedAt) return SEVERAL_PATHS;
    if (mount === "") app(req, res, next);
    else if (paths.some((path) => isBelow(path.toLowerCase(), mount))) runBelow(app, { req, res, next, written });
    else app(req, res, () => restoreOriginal(req, written, next));
    return undefined;
  };
}

/** The path at which Express has mounted the app. */
function baseUrlOf({ baseUrl = "" }: IncomingMessage & { readonly baseUrl?: unknown }): string {
  return String(baseUrl);
}

const SEVERAL_PATHS =
  "latchkey is mounted at several paths, or at one with parameters: mount it once, at a fixed path, with app.use(path, keys).";

function isBelow(path: string, mount: string): boolean {
  return path === mount || path.startsWith(`${mount}/`);
}

type MountedRequest = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly next: () => void;
  /** The path of the mount, as the client wrote it. */
  readonly written: string;
};

/** The contract's paths begin with that of the mount. */
function runBelow(app: App, { req, res, next, written }: MountedRequest) {
  const rest = req.url ?? "";
  // For the path itself, Express leaves a slash that the client did not write.
  const isWhole = rest === "/" || rest.startsWith("/?");
  const original = String(Reflect.get(req, "originalUrl") ?? "");
  req.url = isWhole && !original.startsWith(`${written}/`) ? `${written}${rest.slice(1)}` : `${written}${rest}`;
  app(req, res, () => {
    const below = req.url?.slice(written.length) ?? "";
    req.url = below.startsWith("/") ? below : `/${below}`;
    next();
  });
}

/** The contract's paths are those below the mount. */
function restoreOriginal(req: IncomingMessage, written: string, next: () => void) {
  Object.assign(req, { originalUrl: `${written}${req.url}` });
  next();
}
