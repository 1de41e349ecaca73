import { pipeline, type Readable } from "node:stream";
import type { Request, RequestHandler, Response } from "express";
import type { Operation } from "../contract/operations.ts";
import type { ApiKey } from "../keys/key.ts";
import type { ProblemCode } from "../problem/catalog.ts";
import { exchangeOf, operationOf } from "./exchange.ts";
import { hasBody } from "./leftovers.ts";
import type { SendProblem } from "./send-problem.ts";
import { queryOf } from "./target.ts";

/** A request that everybody has agreed to. */
export type Outgoing = {
  readonly operation: Operation;
  readonly method: string;
  /** Decoded. */
  readonly pathParams: Readonly<Record<string, string>>;
  /** As it was sent, without the key. */
  readonly query: string;
  /** Name, value, name, value, … */
  readonly rawHeaders: readonly string[];
  readonly key: ApiKey | undefined;
  readonly requestId: string;
  readonly address: string;
  readonly isTls: boolean;
  readonly host: string | undefined;
  /** Read already, and decoded; or as it comes. */
  readonly body: Buffer | Readable | undefined;
  /** The length that the client announced for a body as it comes. */
  readonly length: string | undefined;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
};

export type Incoming =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: readonly [string, string][];
      readonly body: Readable;
    }
  /** No upstream may be asked for this: a parameter could be read as another path. */
  | { readonly kind: "refused" }
  | { readonly kind: "unreachable" | "broken" | "timeout"; readonly cause: unknown };

/** Whoever answers in the end. Never throws. */
export type Upstream = (outgoing: Outgoing) => Promise<Incoming>;

/** The last step of requests that are not answered here: hands them on, and the answer back, as it comes. */
export function forward(upstream: Upstream, sendProblem: SendProblem): RequestHandler {
  return async (req, res) => {
    const gone = new AbortController();
    res.once("close", () => gone.abort());
    const incoming = await upstream(toOutgoing(req, res, gone.signal));
    if (incoming.kind !== "answered") {
      const { code, detail } = FAILURES[incoming.kind];
      endAfterThis(req);
      sendProblem(req, res, { code, detail }, { cause: "cause" in incoming ? incoming.cause : undefined });
      return;
    }
    writeHead(req, res, incoming);
    // Cut off is cut off: a half answer must not look like a whole one, and pipeline destroys both.
    pipeline(incoming.body, res, () => {});
  };
}

function toOutgoing(req: Request, res: Response, signal: AbortSignal): Outgoing {
  const { requestId, peer, outcome, pathParams = {}, bodyBytes, isBodyStreamed } = exchangeOf(req);
  if (isBodyStreamed && req.headers.expect !== undefined && req.httpVersion !== "1.0") res.writeContinue();
  return {
    operation: operationOf(req),
    method: req.method,
    pathParams,
    query: queryOf(req.originalUrl),
    rawHeaders: req.rawHeaders,
    key: outcome?.kind === "admitted" ? outcome.key : undefined,
    requestId,
    address: peer.address,
    isTls: peer.isTls,
    host: req.headers.host,
    body: isBodyStreamed ? req : bodyBytes,
    length: isBodyStreamed ? req.headers["content-length"] : undefined,
    signal,
  };
}

const FAILURES = {
  refused: { code: "not-found", detail: "Nothing is served at this path; /docs shows what is." },
  unreachable: {
    code: "upstream-unreachable",
    detail: "Try again in a moment; if it stays so, tell whoever runs this service.",
  },
  broken: { code: "upstream-broken", detail: "Tell whoever runs this service, with the request id." },
  timeout: {
    code: "upstream-timeout",
    detail: "It may or may not have been carried out; look before you send it again.",
  },
} as const satisfies Record<string, { readonly code: ProblemCode; readonly detail: string }>;

/** What of a body has not been taken yet must not pass for the next request. */
function endAfterThis(req: Request) {
  const exchange = exchangeOf(req);
  if (exchange.isBodyStreamed) exchange.leavesMuch = hasBody(req) && !req.complete;
}

/** Names with several lines, such as Set-Cookie, keep them. */
function writeHead(req: Request, res: Response, { status, headers }: Extract<Incoming, { readonly kind: "answered" }>) {
  endAfterThis(req);
  for (const [name, lines] of Map.groupBy(headers, ([name]) => name.toLowerCase())) {
    const values = lines.map(([, value]) => value);
    res.setHeader(name, values.length === 1 ? values.join() : values);
  }
  res.writeHead(status);
}
