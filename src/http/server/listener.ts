import {
  createServer,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { newId } from "../../keys/generate.ts";
import type { Log } from "../../lib/log/log.ts";
import { createRateLimitedLog, type RateLimitedLog } from "../../lib/log/rate-limited-log.ts";
import type { RandomBytes } from "../../lib/random.ts";
import { createSideTable } from "../../lib/side-table.ts";
import { type Clock, toHttpDate } from "../../lib/time/clock.ts";
import { PROBLEMS, type ProblemCode } from "../../problem/catalog.ts";
import { toDocument } from "../../problem/problem.ts";
import type { Meter } from "../../usage/meter.ts";
import { HSTS, SAFE_HEADERS } from "../stages/edge.ts";
import { recordWithoutExchange } from "../stages/metering.ts";
import { type ConnectionLimit, limitConnections } from "./connection-limit.ts";
import { trackConnections } from "./connections.ts";
import { createPipelining } from "./pipelining.ts";
import { dropSlowReaders } from "./slow-readers.ts";
import { type Certificate, TLS_OPTIONS } from "./tls.ts";

export type ListenerDeps = {
  readonly log: Log;
  readonly random: RandomBytes;
  readonly clock: Clock;
  readonly certificate: Certificate | undefined;
  readonly maxConnections: number;
  /** Left out, one address may hold all of them. */
  readonly connectionLimit?: ConnectionLimit | undefined;
  readonly meter: Meter;
  /** How many pipelined requests may wait on all connections together; left out, some ten thousand. */
  readonly mostWaiting?: number | undefined;
  /** Bodies go on to an upstream as they come: these may take longer than what is read here. */
  readonly hasStreams?: boolean;
};

/** How long a client may take; the same figures stand in the catalogue under request-timeout. */
const PATIENCE = {
  headersTimeout: 3_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 500,
  keepAliveTimeout: 5_000,
} satisfies ServerOptions;

const STREAM_TIMEOUT_MS = 300_000;

/** Node's code for a message that took too long to arrive. */
const TOO_LATE = "ERR_HTTP_REQUEST_TIMEOUT";

/** Connections on which the last answer has been given. */
const ENDED = createSideTable<true>();

/** How long a client that is told to go may take until it has read why. */
const LINGER_MS = 500;

/**
 * A server for `app` that answers with problem documents also where Node finds no request to hand on, and that no slow
 * or silent client can hold up.
 */
export function createListener(app: RequestListener, deps: ListenerDeps): Server {
  // Whether there is a Host is for `edge` to say: Node's own answer has no body.
  const { certificate, hasStreams } = deps;
  const options: ServerOptions = {
    ...PATIENCE,
    ...(hasStreams && { requestTimeout: STREAM_TIMEOUT_MS }),
    requireHostHeader: false,
  };
  const server = certificate
    ? createTlsServer({ ...options, ...TLS_OPTIONS, ...certificate, handshakeTimeout: PATIENCE.headersTimeout })
    : createServer(options);
  server.maxConnections = deps.maxConnections;
  // All of them: Node would drop those past 2000 in silence. What they say has 16 KiB together.
  server.maxHeadersCount = 0;
  const connectionEvent = certificate ? "secureConnection" : "connection";
  const connections = trackConnections(server, connectionEvent);
  const sparingLog = createRateLimitedLog(deps.log, deps.clock);
  const pipelining = createPipelining(sparingLog, deps.mostWaiting);
  /**
   * Each in its turn: what an answer says about the end of the connection counts for all that comes after it. After one
   * that ended the connection nothing is carried out any more (RFC 9112 §9.6).
   */
  const inTurn = (socket: Duplex, before: ServerResponse | undefined, job: () => void) => {
    const unlessEnded = () => void (ENDED.get(socket) || job());
    pipelining.inTurn(socket as Socket, before, unlessEnded);
  };
  const listen: RequestListener = (req, res) => {
    if (ENDED.get(req.socket)) return;
    const before = connections.beginResponse(req.socket, res);
    inTurn(req.socket, before, () => app(req, res));
  };

  // The body step says 100 Continue, once the key is admitted; other expectations are refused by `edge`.
  for (const event of ["request", "checkContinue", "checkExpectation"]) server.on(event, listen);
  server.on("connect", (_req, socket: Duplex) => {
    // Node has taken its own listener away, and an error that nobody listens to ends the process.
    socket.on("error", () => socket.destroy());
    inTurn(socket, connections.latestOn(socket), () => answerRaw(socket, "not-implemented", { ...deps, sparingLog }));
  });
  /**
   * A message that did not arrive because the connection was held has as long as any other from when it is read again.
   * Node watches each message only once, so this does it.
   */
  const giveTime = (error: ParserError, socket: Duplex, last: ServerResponse | undefined) => {
    const isInBody = last !== undefined && !last.req.complete;
    const hasArrived = () => connections.latestOn(socket) !== last || (isInBody && last.req.complete);
    const look = () => void (socket.destroyed || hasArrived() || server.emit("clientError", error, socket));
    pipelining.whenRead(socket, () => void setTimeout(look, PATIENCE.headersTimeout).unref());
  };
  /** Node reports every piece that comes after the first error again. */
  const failed = new WeakSet<object>();
  server.on("clientError", (error: ParserError, socket: Duplex) => {
    if (failed.has(socket)) return;
    const current = connections.latestOn(socket);
    if (error.code === TOO_LATE && pipelining.isHeld(socket)) {
      giveTime(error, socket, current);
      return;
    }
    failed.add(socket);
    // Where the last request did not arrive whole, the error is in its body: is it answered already, or half?
    const isInBody = current !== undefined && !current.req.complete;
    if (isInBody && current.headersSent) socket.destroy();
    else inTurn(socket, isInBody ? undefined : current, () => refuseUnread(error, socket, { ...deps, sparingLog }));
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException) => deps.log.debug({ code: error.code }, "no TLS"));
  server.on("drop", () => sparingLog.warn({ limit: deps.maxConnections }, "too many connections"));
  if (deps.connectionLimit) limitConnections(server, deps.connectionLimit, sparingLog);
  server.on(connectionEvent, closeGently);
  server.on("timeout", closeUnlessAsked);
  dropSlowReaders(server, connectionEvent, sparingLog);
  return server;
}

/**
 * Node would close a connection at once after its last answer; if bytes arrive that nobody reads any more, the system
 * then throws the answer away too. So half of it is closed first (RFC 9112 §9.6).
 */
function closeGently(socket: Socket) {
  socket.destroySoon = () => {
    ENDED.set(socket, true);
    if (socket.writable) socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
}

/**
 * A connection that was kept for as long as its client was promised. Node's timers run before it reads: a request that
 * arrived in time may be waiting to be read.
 */
function closeUnlessAsked(socket: Socket) {
  const { bytesRead } = socket;
  setImmediate(() => {
    if (socket.bytesRead === bytesRead) socket.destroySoon();
  });
}

/** Node's own, with what it was reading. */
type ParserError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer; readonly bytesParsed?: number };

/** What Node's parser objects to, by its error code; anything else is a malformed request. */
const UNREAD: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: "headers-too-large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "content-too-large",
  [TOO_LATE]: "request-timeout",
};

const GONE = ["ECONNRESET", "EPIPE", "ETIMEDOUT"];

type RawDeps = ListenerDeps & { readonly sparingLog: RateLimitedLog };

function refuseUnread(error: ParserError, socket: Duplex, deps: RawDeps) {
  const { code = "" } = error;
  if (GONE.includes(code) || !socket.writable) {
    socket.destroy();
    return;
  }
  answerRaw(socket, isUnknownMethod(error) ? "not-implemented" : (UNREAD[code] ?? "request-malformed"), deps);
}

/** A method is a word; what else stands there is no request at all. */
function isUnknownMethod({ code, rawPacket, bytesParsed = 0 }: ParserError): boolean {
  if (code !== "HPE_INVALID_METHOD" || rawPacket === undefined) return false;
  const lineStart = rawPacket.subarray(0, bytesParsed).lastIndexOf("\n") + 1;
  return /^[A-Za-z-]+ /.test(rawPacket.subarray(lineStart, lineStart + 32).toString("latin1"));
}

/** Answers where there is no request and so no response to write to. */
function answerRaw(socket: Duplex, code: ProblemCode, deps: RawDeps) {
  const { sparingLog, random, clock, certificate, meter } = deps;
  const requestId = newId("req", random);
  const { status, about } = PROBLEMS[code];
  recordWithoutExchange(meter, clock, { status, code });
  sparingLog.info({ requestId, address: (socket as Socket).remoteAddress, status, code }, code);
  const body = JSON.stringify(toDocument({ code, detail: about }, requestId));
  const headers = {
    ...SAFE_HEADERS,
    ...(certificate && { "Strict-Transport-Security": HSTS }),
    "X-Request-Id": requestId,
    Date: toHttpDate(clock.now()),
    "Content-Type": "application/problem+json",
    "Content-Length": Buffer.byteLength(body),
    Connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  ENDED.set(socket, true);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", body].join("\r\n"));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
