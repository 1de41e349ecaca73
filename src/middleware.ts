import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Config } from "./config/config.ts";
import { loadConfig } from "./config/load-config.ts";
import type { EnvironmentVariables } from "./config/setting.ts";
import { ContractUnreadable } from "./contract/document/contract-unreadable.ts";
import { folded, toLines } from "./contract/document/finding.ts";
import type { Operation } from "./contract/model/operations.ts";
import type { OperationType, RequestOf, ResponseOf, StatusOf } from "./http/reply/call.ts";
import type { HandlersById } from "./http/reply/handler.ts";
import { passedOnOf } from "./http/stages/pass-to-host-app.ts";
import { KEYS_IN_TEXT, mayContainKeys } from "./keys/format.ts";
import type { ApiKey, KeyHolder } from "./keys/key.ts";
import { createLineBatcher } from "./lib/async/line-batcher.ts";
import { createLog, type Log } from "./lib/log/log.ts";
import { createService } from "./service/create-service.ts";
import { isMountedInRoute, leadsTo } from "./service/host-app-placement.ts";
import { createMountedApp } from "./service/mounted-app.ts";
import type { HostApp, HostAppViolation } from "./service/resources.ts";
import { ContractRefused } from "./service/served-contract.ts";
import { listenForAdmin } from "./service/start.ts";

/** The key of a request and its client, without anything secret. */
export type Caller = Pick<ApiKey, "id" | "name" | "environment" | "scopes" | "metadata"> & {
  readonly client: Pick<KeyHolder, "id" | "name">;
};

/** What a handler gets of a request, validated against the contract. */
export type Call<Op extends OperationType> = RequestOf<Op> & { readonly key: Caller };

/** What a handler of a public operation gets: the same, without a key. */
export type PublicCall<Op extends OperationType> = RequestOf<Op>;

/** What a handler returns: a status that the contract declares, with its body. */
export type Reply<Op extends OperationType> = ResponseOf<Op, StatusOf<Op>>;

type MayBePromised<T> = T | Promise<T>;

type Operations<T> = { readonly [Id in keyof T]: OperationType };

export type Options<T extends Operations<T>> = {
  /** The path of your OpenAPI document. Default: `LATCHKEY_CONTRACT`. */
  readonly contract?: string;
  /** Refuse a contract with something unbounded or untidy in it, instead of warning. Default: `LATCHKEY_STRICT`. */
  readonly strict?: boolean;
  /** @deprecated `true` is the default; use `strict`. */
  readonly lenient?: boolean;
  /** The settings that `latchkey serve --help` lists. Default: the environment of this process, and `latchkey.yaml`. */
  readonly settings?: EnvironmentVariables;
  /** For operations that need a key, by operationId. Operations without a handler reach the routes of your app. */
  readonly handlers?: { readonly [Id in keyof T]?: (call: Call<T[Id]>) => MayBePromised<Reply<T[Id]>> };
  /** For operations that need no key (`security: []`, or `x-latchkey: { security: passthrough }`). */
  readonly publicHandlers?: { readonly [Id in keyof T]?: (call: PublicCall<T[Id]>) => MayBePromised<Reply<T[Id]>> };
  /** Gets each line of the log: JSON with its line end. Default: standard output. */
  readonly writeLog?: (line: string) => void;
};

/** Express middleware. Mount it with `app.use`, at the root or at a path, before all routes of the contract. */
export type Latchkey = {
  (req: IncomingMessage, res: ServerResponse, next: (fault?: unknown) => void): void;
  /**
   * A server for your app with the timeouts, limits and certificate of the settings: as strict as the standalone service.
   * @throws LatchkeyRefused when this middleware is mounted in a route, which leaves the other routes open.
   */
  readonly createServer: (app: RequestListener) => Server;
  /** Finishes the requests in flight on these servers, then closes the store. */
  readonly close: () => Promise<void>;
};

/** The options, settings, contract or handlers contain a mistake. The message names it and says how to fix it. */
export class LatchkeyRefused extends Error {}

/**
 * Puts an Express app behind API keys: requests that its contract does not declare, or that a key does not allow, never
 * reach it.
 * @throws LatchkeyRefused, CertificateUnusable, StoreUnusable
 */
export async function latchkey<T extends Operations<T>>(options: Options<T> = {}): Promise<Latchkey> {
  const config = await toConfig(options);
  const log = createLog({
    level: config.logLevel,
    secrets: KEYS_IN_TEXT,
    mayContainSecrets: mayContainKeys,
    destination: { write: options.writeLog ?? standardOutput() },
  });
  const hostApp = toHostApp(options.handlers ?? {}, options.publicHandlers ?? {});
  const service = await createService(config, log, { hostApp }).catch(rethrowAsRefused);
  const { app, contract, createServer, close } = service;
  const adminUrl = await listenForAdmin(service, config).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  if (adminUrl !== undefined) log.info({ url: adminUrl }, "listening for administration");
  const operations = contract.operations.filter(({ id }) => !contract.isBuiltIn(id));
  const run = createMountedApp(
    app,
    operations.map((operation) => operation.path),
  );

  const logOnce = createLogOnce(log);
  const middleware = (req: IncomingMessage, res: ServerResponse, next: (fault?: unknown) => void) => {
    const misplacement = findMisplacement(req, middleware) ?? run(req, res, () => next());
    if (misplacement === undefined) return;
    // Logged too, because an app may hide its errors.
    logOnce(misplacement);
    next(new Error(misplacement));
  };
  return Object.assign(middleware, {
    createServer: (listener: RequestListener) => {
      if (isMountedInRoute(listener, middleware)) throw new LatchkeyRefused(MISPLACED.route);
      return createServer(listener);
    },
    close: async () => void (await close()),
  });
}

/** Logs each message once, however often it occurs. */
function createLogOnce(log: Log) {
  const logged = new Set<string>();
  return (message: string) => {
    if (!logged.has(message)) log.error(message);
    logged.add(message);
  };
}

/**
 * The operation and the key of a request that was admitted by `latchkey`: for your own routes.
 * @throws Error for other requests.
 */
export function callOf(req: object): {
  readonly requestId: string;
  readonly operationId: string;
  /** Undefined for public operations. */
  readonly key: Caller | undefined;
} {
  const found = passedOnOf(req);
  if (found === undefined)
    throw new Error("The request did not pass through latchkey: write app.use(keys) before this route.");
  const { requestId, operationId, key } = found;
  return { requestId, operationId, key: key && toCaller(key) };
}

function standardOutput() {
  const { write, flush } = createLineBatcher((lines) => void process.stdout.write(lines));
  process.once("exit", flush);
  return write;
}

/** Says how the middleware is mounted wrongly, as far as this request shows it. */
function findMisplacement({ route, body }: ExpressRequest, middleware: unknown): string | undefined {
  if (route !== undefined && leadsTo(route, middleware)) return MISPLACED.route;
  return body === undefined ? undefined : MISPLACED.order;
}

/** What may be on a request: Express adds the route, body parsers add the body. */
type ExpressRequest = IncomingMessage & { readonly route?: unknown; readonly body?: unknown };

const MISPLACED = {
  route: "latchkey is mounted in a route, which leaves all other methods and paths open: write app.use(keys).",
  order:
    "latchkey is mounted after a body parser, which reads bodies before the key is checked: write app.use(keys) before app.use(express.json()).",
};

/** @param keyed, open handlers by operationId, for operations that need a key and for those that need none. */
function toHostApp(keyed: object, open: object): HostApp {
  return {
    handlers: withCaller({ ...keyed, ...open }),
    findViolations: (operations) => findViolations(operations, Object.keys(keyed), Object.keys(open)),
  };
}

/** Gives the handlers the caller instead of the key, whose record has more than they need. */
function withCaller(handlers: object): HandlersById {
  return Object.fromEntries(
    Object.entries(handlers).map(([id, handler]) => [
      id,
      (call: { readonly key?: ApiKey }) =>
        handler(call.key === undefined ? call : { ...call, key: toCaller(call.key) }),
    ]),
  );
}

function toCaller({ id, name, environment, scopes, metadata, client }: ApiKey): Caller {
  return { id, name, environment, scopes, metadata, client: { id: client.id, name: client.name } };
}

async function toConfig<T extends Operations<T>>({ contract, strict, lenient, settings }: Options<T>): Promise<Config> {
  const options = {
    ...(contract !== undefined && { LATCHKEY_CONTRACT: contract }),
    ...(strict !== undefined && { LATCHKEY_STRICT: String(strict) }),
    ...(lenient !== undefined && { LATCHKEY_LENIENT: String(lenient) }),
  };
  const outcome = await loadConfig({
    options,
    environment: settings ?? process.env,
    looksForFile: settings === undefined,
  });
  if (outcome.kind === "invalid") throw new LatchkeyRefused(outcome.errors.join("\n"));
  const { path, upstream } = outcome.config.contract;
  if (path === undefined)
    throw new LatchkeyRefused('There is no contract: pass { contract: "openapi.yaml" }, or set LATCHKEY_CONTRACT.');
  if (upstream !== undefined)
    throw new LatchkeyRefused("Your app handles the requests, so there is no upstream: remove LATCHKEY_UPSTREAM.");
  return outcome.config;
}

/** Handlers of unknown operations, handlers in the wrong group, and operations that name an upstream. */
function findViolations(
  operations: readonly Operation[],
  keyed: readonly string[],
  open: readonly string[],
): readonly HostAppViolation[] {
  const unknown = [...keyed, ...open]
    .filter((id) => !operations.some((operation) => operation.id === id))
    .map((id) => ({
      message: `there is a handler for ${id}, which is not an operation of the contract: remove it, or correct its name`,
    }));
  const misplaced = operations.flatMap((operation): readonly HostAppViolation[] | HostAppViolation => {
    const { id, isPublic, isOptional, otherAlternatives, upstream } = operation;
    const mayLackKey = isOptional || otherAlternatives.length > 0;
    if (upstream !== undefined)
      return { operation, message: `${id} names an upstream, but your app handles its requests: remove the upstream` };
    if (isPublic && keyed.includes(id))
      return { operation, message: `${id} needs no key: move its handler to publicHandlers` };
    if (mayLackKey && keyed.includes(id))
      return { operation, message: `${id} also admits requests without a key: move its handler to publicHandlers` };
    if (!isPublic && !mayLackKey && open.includes(id))
      return { operation, message: `${id} needs a key: move its handler to handlers` };
    return [];
  });
  return [...unknown, ...misplaced];
}

function rethrowAsRefused(error: unknown): never {
  if (error instanceof ContractRefused || error instanceof ContractUnreadable)
    throw new LatchkeyRefused(`${error.message}\n${toLines(error.file, folded(error.findings))}`, { cause: error });
  throw error;
}
