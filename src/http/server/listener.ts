import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Log } from "../../lib/log/log.ts";
import { createRateLimitedLog } from "../../lib/log/rate-limited-log.ts";
import type { RandomBytes } from "../../lib/random.ts";
import type { Clock } from "../../lib/time/clock.ts";
import type { Meter } from "../../usage/meter.ts";
import { KEEP_ALIVE_SECONDS, OwnResponse } from "../reply/writer/own-response.ts";
import { type ConnectionLimit, limitConnections } from "./connection-limit.ts";
import { trackConnections } from "./connections.ts";
import { alwaysCloseGently, closeUnlessUsed, hasEnded } from "./gentle-close.ts";
import { createPipelining } from "./pipelining.ts";
import { sendRawProblem } from "./raw-problem.ts";
import { dropSlowReaders, readerLimitsOf } from "./slow-readers.ts";
import { dropSlowRests } from "./slow-rests.ts";
import { type Certificate, TLS_OPTIONS } from "./tls.ts";
import { refuseUnparsed, type UnparsedDeps } from "./unparsed-requests.ts";
import { isUpgrade, listenForUpgrades } from "./upgrades.ts";

export type ListenerDeps = {
  readonly log: Log;
  readonly random: RandomBytes;
  readonly clock: Clock;
  readonly certificate: Certificate | undefined;
  readonly maxConnections: number;
  /** Without it, one address may hold all connections. */
  readonly connectionLimit?: ConnectionLimit | undefined;
  readonly meter: Meter;
  /** The path below which the pages of problems are. Default: none. */
  readonly prefix?: string | undefined;
  /** How many pipelined requests may wait on all connections together; by default, some ten thousand. */
  readonly mostWaiting?: number | undefined;
  /** Some bodies may be large, or are streamed to an upstream: the stages that read them have timeouts of their own. */
  readonly hasLongBodies?: boolean;
  /** Some operations are WebSockets: their connections may change the protocol. */
  readonly hasUpgrades?: boolean;
};

/** How long a client may take; the catalogue of problems names the same figures under request-timeout. */
const TIMEOUTS = {
  headersTimeout: 3_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 500,
  keepAliveTimeout: KEEP_ALIVE_SECONDS * 1_000,
} satisfies ServerOptions;

const LONG_BODY_TIMEOUT_MS = 300_000;

/**
 * A server for `app` that no slow or silent client can hold up. It sends a problem document also where Node's parser
 * rejects the message, and `app` never sees a request.
 */
export function createListener(app: RequestListener, deps: ListenerDeps): Server {
  const { log, certificate, maxConnections } = deps;
  const server = createNodeServer(deps);
  const connectionEvent = certificate ? "secureConnection" : "connection";
  const rateLimitedLog = createRateLimitedLog(log, deps.clock);
  const connections = trackConnections(server, connectionEvent);
  const pipelining = createPipelining(rateLimitedLog, deps.mostWaiting);
  const raw = { ...deps, rateLimitedLog, isTls: certificate !== undefined };
  const parts = { connections, pipelining, raw, extraTimeMs: TIMEOUTS.headersTimeout };

  listenForRequests(server, app, parts);
  if (deps.hasUpgrades) listenForUpgrades(server, app, parts);
  refuseConnect(server, parts);
  refuseUnparsed(server, parts);
  server.on("tlsClientError", (error: NodeJS.ErrnoException) => log.debug({ code: error.code }, "no TLS"));
  server.on("drop", () => rateLimitedLog.warn({ limit: maxConnections }, "too many connections"));
  if (deps.connectionLimit) limitConnections(server, deps.connectionLimit, rateLimitedLog);
  server.on(connectionEvent, alwaysCloseGently);
  server.on("timeout", closeUnlessUsed);
  dropSlowRests(server, connectionEvent, connections);
  dropSlowReaders(server, connectionEvent, readerLimitsOf(maxConnections), rateLimitedLog);
  return server;
}

function createNodeServer({ certificate, maxConnections, hasLongBodies, hasUpgrades = false }: ListenerDeps): Server {
  const options: ServerOptions = {
    ...TIMEOUTS,
    ...(hasLongBodies && { requestTimeout: LONG_BODY_TIMEOUT_MS }),
    // `edge` checks the Host header: Node's own response has no body.
    requireHostHeader: false,
    ServerResponse: OwnResponse,
    ...(hasUpgrades && { shouldUpgradeCallback: isUpgrade }),
  };
  const server = certificate
    ? createTlsServer({ ...options, ...TLS_OPTIONS, ...certificate, handshakeTimeout: TIMEOUTS.headersTimeout })
    : createServer(options);
  server.maxConnections = maxConnections;
  // Unlimited, because Node would silently drop the headers past 2000; their total size is limited to 16 KiB anyway.
  server.maxHeadersCount = 0;
  return server;
}

function listenForRequests(
  server: Server,
  app: RequestListener,
  { connections, pipelining }: Pick<UnparsedDeps, "connections" | "pipelining">,
) {
  const listen: RequestListener = (req, res) => {
    if (hasEnded(req.socket)) return;
    const before = connections.beginResponse(req.socket, res);
    pipelining.runInTurn(req.socket, before, () => app(req, res));
  };
  // The stage `body` sends 100 Continue, after the key is admitted; `edge` refuses other expectations.
  for (const event of ["request", "checkContinue", "checkExpectation"]) server.on(event, listen);
}

function refuseConnect(server: Server, { connections, pipelining, raw }: UnparsedDeps) {
  server.on("connect", (_req, socket: Socket) => {
    // Node has removed its own listener, and an error without a listener ends the process.
    socket.on("error", () => socket.destroy());
    pipelining.runInTurn(socket, connections.latestOn(socket), () => sendRawProblem(socket, "not-implemented", raw));
  });
}
