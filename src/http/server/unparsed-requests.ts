import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ProblemCode } from "../../problem/catalog.ts";
import type { Connections } from "./connections.ts";
import { closeGently } from "./gentle-close.ts";
import type { Pipelining } from "./pipelining.ts";
import { type RawProblemDeps, sendRawProblem } from "./raw-problem.ts";

export type UnparsedDeps = {
  readonly connections: Connections;
  readonly pipelining: Pipelining;
  /** How long, in milliseconds, a late message has once its paused connection is read again. */
  readonly extraTimeMs: number;
  readonly raw: RawProblemDeps;
};

/** The error that Node reports, with what it was parsing. */
type ParserError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer; readonly bytesParsed?: number };

/** Node's code for a message that took too long to arrive. */
const TOO_LATE = "ERR_HTTP_REQUEST_TIMEOUT";

/** The problem for each error code of Node's parser; any other error is a malformed request. */
const PROBLEM_OF: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: "headers-too-large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "content-too-large",
  [TOO_LATE]: "request-timeout",
};

const DISCONNECTED = ["ECONNRESET", "EPIPE", "ETIMEDOUT"];

/** Responds to what Node's parser rejects, after the responses to the requests before it. */
export function refuseUnparsed(server: Server, deps: UnparsedDeps) {
  const { connections, pipelining, raw } = deps;
  /** Node reports every piece that comes after the first error again. */
  const failed = new WeakSet<Socket>();
  server.on("clientError", (error: ParserError, socket: Socket) => {
    if (failed.has(socket)) return;
    if (error.code === TOO_LATE && pipelining.isPaused(socket)) return giveMoreTime(server, error, socket, deps);
    failed.add(socket);
    const latest = connections.latestOn(socket);
    // If the latest request is incomplete, the error is in its body; its response may be out already. A whole one is
    // left for the client to read; a part of one must not look complete.
    const isInBody = latest !== undefined && !latest.req.complete;
    if (isInBody && latest.writableEnded) closeGently(socket);
    else if (isInBody && latest.headersSent) socket.destroy();
    else pipelining.runInTurn(socket, isInBody ? undefined : latest, () => refuse(error, socket, raw));
  });
}

/**
 * A message that is late because its connection was paused has as long as any other, counted from when the connection
 * is read again. Node watches each message only once, so the second time is watched here.
 */
function giveMoreTime(server: Server, error: ParserError, socket: Socket, deps: UnparsedDeps) {
  const { connections, pipelining, extraTimeMs } = deps;
  const latest = connections.latestOn(socket);
  const isInBody = latest !== undefined && !latest.req.complete;
  const hasArrived = () => connections.latestOn(socket) !== latest || (isInBody && isComplete(latest));
  const checkAgain = () => void (socket.destroyed || hasArrived() || server.emit("clientError", error, socket));
  pipelining.whenResumed(socket, () => void setTimeout(checkAgain, extraTimeMs).unref());
}

function isComplete({ req }: ServerResponse): boolean {
  return req.complete;
}

function refuse(error: ParserError, socket: Socket, raw: RawProblemDeps) {
  const { code = "" } = error;
  if (DISCONNECTED.includes(code) || !socket.writable) return void socket.destroy();
  sendRawProblem(socket, isUnknownMethod(error) ? "not-implemented" : (PROBLEM_OF[code] ?? "request-malformed"), raw);
}

/** Whether the line begins with a word that could be a method; if not, it is not a request at all. */
function isUnknownMethod({ code, rawPacket, bytesParsed = 0 }: ParserError): boolean {
  if (code !== "HPE_INVALID_METHOD" || rawPacket === undefined) return false;
  const lineStart = rawPacket.subarray(0, bytesParsed).lastIndexOf("\n") + 1;
  return /^[A-Za-z-]+ /.test(rawPacket.subarray(lineStart, lineStart + 32).toString("latin1"));
}
