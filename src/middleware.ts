import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { type Config, type Environment, parseConfig } from "./config/config.ts";
import { toLines } from "./contract/document/finding.ts";
import { ContractUnreadable } from "./contract/document/load.ts";
import type { Operation } from "./contract/model/operations.ts";
import type { OperationType, RequestOf, ResponseOf, StatusOf } from "./http/reply/call.ts";
import type { AnyHandler } from "./http/reply/handler.ts";
import { passedOnOf } from "./http/stages/pass-to-host-app.ts";
import { KEYS_IN_TEXT, mayContainKeys } from "./keys/format.ts";
import type { ApiKey, KeyHolder } from "./keys/key.ts";
import { createLineBatcher } from "./lib/async/line-batcher.ts";
import { createLog } from "./lib/log/log.ts";
import { createService } from "./service/create-service.ts";
import { hasInRoute, leadsTo } from "./service/host-app-placement.ts";
import type { HostAppViolation } from "./service/resources.ts";
import { ContractRefused } from "./service/served-contract.ts";

/** Whose request this is: nothing of it is secret. */
export type Caller = Pick<ApiKey, "id" | "name" | "environment" | "scopes" | "metadata"> & {
  readonly client: Pick<KeyHolder, "id" | "name">;
};

/** What a handler gets of a request, checked against the contract. */
export type Call<Op extends OperationType> = RequestOf<Op> & { readonly key: Caller };

/** What a handler of a public operation gets: the same without a key. */
export type PublicCall<Op extends OperationType> = RequestOf<Op>;

/** What a handler answers: a status that the contract declares, with its body. */
export type Reply<Op extends OperationType> = ResponseOf<Op, StatusOf<Op>>;

type MayBePromised<T> = T | Promise<T>;

type Operations<T> = { readonly [Id in keyof T]: OperationType };

export type Options<T extends Operations<T>> = {
  /** The path of your OpenAPI document; left out, what `LATCHKEY_CONTRACT` says. */
  readonly contract?: string;
  /** What is merely unbounded or unchecked in it is a warning; left out, what `LATCHKEY_LENIENT` says. */
  readonly lenient?: boolean;
  /** The settings that `latchkey serve --help` lists; left out, the environment of this process. */
  readonly settings?: Environment;
  /** For operations that need a key, by operationId; those without a handler go on to the routes of your app. */
  readonly handlers?: { readonly [Id in keyof T]?: (call: Call<T[Id]>) => MayBePromised<Reply<T[Id]>> };
  /** For operations that need none (`security: []`, or `x-latchkey: { security: passthrough }`). */
  readonly publicHandlers?: { readonly [Id in keyof T]?: (call: PublicCall<T[Id]>) => MayBePromised<Reply<T[Id]>> };
  /** Gets each line of the log, JSON with its line end; left out, standard output does. */
  readonly writeLog?: (line: string) => void;
};

/** Goes into an Express app with `app.use`, before everything that the contract is about. */
export type Latchkey = {
  (req: IncomingMessage, res: ServerResponse, next: (fault?: unknown) => void): void;
  /**
   * A server for your app with the timeouts, caps and certificate of the settings: as strict as the service alone.
   * @throws LatchkeyRefused when a route of the app leads to this middleware, for then the others would be open.
   */
  readonly createServer: (app: RequestListener) => Server;
  /** Finishes the requests in flight on these servers, then closes the store. */
  readonly close: () => Promise<void>;
};

/** It must not start like this; the message says why, and what to do. */
export class LatchkeyRefused extends Error {}

/**
 * Puts an Express app behind API keys: what its contract does not declare, or the key does not allow, never gets to it.
 * @throws LatchkeyRefused for settings, a contract or handlers that must not be served; CertificateUnusable, StoreUnusable
 */
export async function latchkey<T extends Operations<T>>(options: Options<T> = {}): Promise<Latchkey> {
  const config = toConfig(options);
  const { writeLog = standardOutput(), handlers = {}, publicHandlers = {} } = options;
  const log = createLog({
    level: config.logLevel,
    secrets: KEYS_IN_TEXT,
    mayContainSecrets: mayContainKeys,
    destination: { write: writeLog },
  });
  const hostApp = {
    handlers: { ...withCaller(handlers as Handlers), ...(publicHandlers as Handlers) },
    findViolations: (operations: readonly Operation[]) =>
      findViolations(operations, Object.keys(handlers), Object.keys(publicHandlers)),
  };
  const { app, createServer, close } = await createService(config, log, { hostApp }).catch(explain);

  const told = new Set<string>();
  const middleware = (req: IncomingMessage, res: ServerResponse, next: (fault?: unknown) => void) => {
    const violation = misplacement(req as Placed, middleware);
    if (violation === undefined) return app(req, res, () => next());
    // An app may keep its errors to itself, and such a mistake is to be seen.
    if (!told.has(violation)) log.error(violation);
    told.add(violation);
    next(new Error(violation));
  };
  return Object.assign(middleware, {
    createServer: (listener: RequestListener) => {
      if (hasInRoute(listener, middleware)) throw new LatchkeyRefused(MISPLACED.route);
      return createServer(listener);
    },
    close: async () => void (await close()),
  });
}

/**
 * What was found out about a request that has come through `latchkey`: for routes of Express's own.
 * @throws Error for any other request.
 */
export function callOf(req: object): {
  readonly requestId: string;
  readonly operationId: string;
  /** Undefined for operations that need none. */
  readonly key: Caller | undefined;
} {
  const found = passedOnOf(req);
  if (found === undefined) throw new Error("This request did not come through latchkey: app.use it before this route.");
  const { requestId, operationId, key } = found;
  return { requestId, operationId, key: key && toCaller(key) };
}

function standardOutput() {
  const { write, flush } = createLineBatcher((lines) => void process.stdout.write(lines));
  process.once("exit", flush);
  return write;
}

/** What Express adds to a request. */
type Placed = { readonly baseUrl?: string; readonly body?: unknown; readonly route?: unknown };

function misplacement({ baseUrl = "", body, route }: Placed, middleware: unknown): string | undefined {
  if (baseUrl !== "") return MISPLACED.path;
  if (route !== undefined && leadsTo(route, middleware)) return MISPLACED.route;
  // The key comes first: without one no body is read.
  return body === undefined ? undefined : MISPLACED.order;
}

const MISPLACED = {
  route:
    "latchkey guards every method and path: write app.use(keys), not app.get or another route, which would leave all others open.",
  path: "latchkey stands at the root of the app: write app.use(keys), and the path into the contract's servers.",
  order: "latchkey reads bodies itself: write app.use(keys) before app.use(express.json()).",
};

type Handlers = Readonly<Record<string, AnyHandler>>;

/** Handlers of others get what they need to know of a key. */
function withCaller(handlers: Handlers): Handlers {
  return Object.fromEntries(
    Object.entries(handlers).map(([id, handler]) => [
      id,
      (call: { readonly key: ApiKey }) => handler({ ...call, key: toCaller(call.key) } as never),
    ]),
  );
}

function toCaller({ id, name, environment, scopes, metadata, client }: ApiKey): Caller {
  return { id, name, environment, scopes, metadata, client: { id: client.id, name: client.name } };
}

function toConfig<T extends Operations<T>>({ contract, lenient, settings = process.env }: Options<T>): Config {
  const outcome = parseConfig({
    ...settings,
    ...(contract !== undefined && { LATCHKEY_CONTRACT: contract }),
    ...(lenient !== undefined && { LATCHKEY_LENIENT: String(lenient) }),
  });
  if (outcome.kind === "invalid") throw new LatchkeyRefused(outcome.errors.join("\n"));
  const { path, upstream } = outcome.config.contract;
  if (path === undefined)
    throw new LatchkeyRefused(
      'There is no contract: latchkey({ contract: "openapi.yaml" }), or set LATCHKEY_CONTRACT.',
    );
  if (upstream !== undefined)
    throw new LatchkeyRefused("Your app answers, so there is no upstream: remove LATCHKEY_UPSTREAM.");
  return outcome.config;
}

function findViolations(
  operations: readonly Operation[],
  keyed: readonly string[],
  open: readonly string[],
): readonly HostAppViolation[] {
  const unknown = [...keyed, ...open]
    .filter((id) => !operations.some((operation) => operation.id === id))
    .map((id) => ({ message: `there is a handler for ${id}, which is no operation: remove it, or correct its name` }));
  const misplaced = operations.flatMap((operation): readonly HostAppViolation[] | HostAppViolation => {
    const { id, isPublic, upstream } = operation;
    if (upstream !== undefined)
      return { operation, message: `${id} names an upstream, but your app answers: remove it` };
    if (isPublic && keyed.includes(id))
      return { operation, message: `${id} needs no key: move its handler to publicHandlers` };
    if (!isPublic && open.includes(id))
      return { operation, message: `${id} needs a key: move its handler to handlers` };
    return [];
  });
  return [...unknown, ...misplaced];
}

function explain(error: unknown): never {
  if (error instanceof ContractRefused || error instanceof ContractUnreadable)
    throw new LatchkeyRefused(`${error.message}\n${toLines(error.file, error.findings)}`, { cause: error });
  throw error;
}
