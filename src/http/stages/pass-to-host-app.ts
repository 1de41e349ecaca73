import type { IncomingMessage, ServerResponse } from "node:http";
import type { Operation } from "../../contract/model/operations.ts";
import { createUpstreamPath } from "../../contract/model/paths/upstream-path.ts";
import type { ApiKey } from "../../keys/key.ts";
import { type Exchange, recordOf, type Validated } from "../message/exchange.ts";
import { headerLinesOf, headerOf, type Message, rawHeadersOf } from "../message/message.ts";
import { hasBody, sendContinue } from "../message/unread-body.ts";
import { PATH_AMBIGUOUS } from "../reply/path-problems.ts";
import { problemReply, type Reply } from "../reply/reply.ts";
import { endsConnection, setHeaders } from "../reply/writer/common-headers.ts";
import { makeReadableAgain } from "./bodies/readable-again.ts";
import type { Stage } from "./stage.ts";
import { UNCHECKED } from "./validate.ts";

/** An admitted and validated request that the host app responds to. */
type PassedOn = {
  readonly requestId: string;
  readonly operationId: string;
  /** Undefined: the operation is public, or its security is of another kind. */
  readonly key: ApiKey | undefined;
};

const PASSED_ON = new WeakMap<object, PassedOn>();

/** What is known about a request that was passed to the host app; undefined for any other. */
export function passedOnOf(req: object): PassedOn | undefined {
  return PASSED_ON.get(req);
}

/**
 * The last stage of requests that a route of the host app responds to. It gets the path of the contract with the
 * parameters, not the path as the client wrote it, which could match another route there; and no key.
 */
export function passToHostApp(): Stage<Validated> {
  const pathOf = createPathOf();
  return {
    check: "handle",
    run: (exchange) => {
      const { operation, message } = exchange;
      const path = pathOf(operation)(message.path);
      if (path === undefined) return problemReply(PATH_AMBIGUOUS, { check: "match" });
      return pass(exchange, message.query === "" ? path : `${path}?${message.query}`);
    },
  };
}

type ToPath = ReturnType<typeof createUpstreamPath>;

function createPathOf(): (operation: Operation) => ToPath {
  const made = new WeakMap<Operation, ToPath>();
  return (operation) => {
    const toPath = made.get(operation) ?? createUpstreamPath(operation);
    made.set(operation, toPath);
    return toPath;
  };
}

function pass(exchange: Validated, target: string): Reply {
  const { req, requestId, operation, admission, body, passToHostApp: next } = exchange;
  return {
    kind: "delegated",
    respond: (res, headers) => {
      // Outside of a host app nothing would ever respond.
      if (next === undefined) return void res.destroy();
      setHeaders(res, withoutConnection(headers));
      closeAfterUnreadBody(res, recordOf(exchange));
      rewriteRequest(req, exchange, target);
      // The stage `body` has sent it before it read the beginning of a form.
      if (body.kind === "streamed" && body.source === undefined) sendContinue(exchange);
      recordOf(exchange).mayHaveSideEffects = true;
      PASSED_ON.set(req, { requestId, operationId: operation.id, key: admission.key });
      next();
    },
  };
}

/** Makes the request what the host app may see. */
function rewriteRequest(req: IncomingMessage, exchange: Validated, target: string) {
  const { message, parameters, body, input } = exchange;
  // Node makes these two from the raw headers when they are first read.
  for (const headers of [req.headers, req.headersDistinct]) for (const name of message.removed) delete headers[name];
  if (message.removedCookies.length > 0) rewriteCookies(req, message);
  req.rawHeaders = [...rawHeadersOf(message)];
  // HEAD was checked as GET: code that takes every other method for a change must not see it as one.
  req.method = message.method;
  req.url = target;
  // Express keeps the original spelling, and parses a query that is not there yet.
  Object.assign(req, { originalUrl: target });
  // A query that is not as declared is left to Express.
  if (parameters !== UNCHECKED) {
    Object.defineProperty(req, "query", {
      value: parameters.query,
      writable: true,
      configurable: true,
      enumerable: true,
    });
  }
  // An undeclared body that says nothing has been read, and is left out.
  if (body.kind === "none" && hasBody(recordOf(exchange))) passOnBytes(req, NO_BYTES);
  if (body.kind !== "read") return;
  // Body parsers skip a request with this mark.
  if (body.reading === "json") Object.assign(req, { body: input, _body: true });
  else passOnBytes(req, body.bytes);
}

const NO_BYTES = Buffer.alloc(0);

/** Forms and texts are left to the parsers of the app. They were decoded here. */
function passOnBytes(req: IncomingMessage, bytes: Buffer) {
  makeReadableAgain(req, bytes);
  delete req.headers["content-encoding"];
  delete req.headers["transfer-encoding"];
  req.headers["content-length"] = String(bytes.length);
}

function rewriteCookies({ headers, headersDistinct }: IncomingMessage, message: Message) {
  const cookie = headerOf(message, "cookie");
  const lines = headerLinesOf(message, "cookie");
  delete headers.cookie;
  delete headersDistinct["cookie"];
  if (typeof cookie === "string") headers.cookie = cookie;
  if (lines.length > 0) headersDistinct["cookie"] = [...lines];
}

/** Whether to close the connection is known only when the host app writes the head: by then it may have read the body. */
function withoutConnection(headers: readonly string[]): readonly string[] {
  return headers.filter((_, index) => headers[index - (index % 2)] !== "Connection");
}

function closeAfterUnreadBody(res: ServerResponse, record: Exchange) {
  // As one signature: the overloads of `writeHead` do not matter to what is passed through.
  const writeHead = res.writeHead.bind(res) as (...words: unknown[]) => ServerResponse;
  res.writeHead = (...words: unknown[]) => {
    if (endsConnection(record)) res.setHeader("Connection", "close");
    return writeHead(...words);
  };
}
