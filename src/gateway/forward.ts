import { pipeline } from "node:stream";
import type { Request, Response } from "express";
import type { Refusal } from "../auth/authorize.ts";
import type { ResponseCheck } from "../contract/judge/response-check.ts";
import { type Exchange, exchangeOf, operationOf } from "../http/message/exchange.ts";
import { queryOf } from "../http/message/target.ts";
import { sendContinue } from "../http/message/unread-body.ts";
import { PATH_UNKNOWN } from "../http/reply/path-problems.ts";
import type { Refuse } from "../http/reply/refusals.ts";
import type { SendProblem } from "../http/reply/send-problem.ts";
import { isClientGone, type Stage } from "../http/stage.ts";
import type { RecheckKey } from "../http/stages/recheck.ts";
import type { Log } from "../lib/log/log.ts";
import type { ProblemCode } from "../problem/catalog.ts";
import { checkResponse } from "./response-check.ts";
import type { Answered, Incoming, Outgoing, Upstream } from "./upstream-port.ts";

export type ForwardDeps = {
  readonly upstream: Upstream;
  /** For operations whose answers are held against the contract. */
  readonly checks: ReadonlyMap<string, ResponseCheck>;
  readonly recheckKey: RecheckKey;
  readonly refuse: Refuse;
  readonly log: Log;
  readonly sendProblem: SendProblem;
};

/**
 * The last step of requests that are not answered here: hands them on, and the answer back as it comes, or once it is
 * known to be what the contract declares.
 */
export function forward({ upstream, checks, recheckKey, refuse, log, sendProblem }: ForwardDeps): Stage {
  const fail = (req: Request, res: Response, kind: keyof typeof FAILURES, cause?: unknown) => {
    sendProblem(req, res, FAILURES[kind], { cause });
  };
  return async (req, res) => {
    if (isClientGone(req, res)) return;
    const gone = new AbortController();
    res.once("close", () => gone.abort());
    const exchange = exchangeOf(req);
    exchange.mayHaveSideEffects = true;
    let fault: unknown;
    const isStillAdmitted = () =>
      recheckKey(req).catch((error: unknown) => {
        fault = error;
        return false;
      });
    const incoming = await upstream({ ...toOutgoing(req, res, gone.signal), isStillAdmitted });
    if (NEVER_ASKED.includes(incoming.kind)) exchange.mayHaveSideEffects = false;
    if (isClientGone(req, res)) return abandon(incoming);
    if (fault !== undefined) throw fault;
    if (incoming.kind === "not-admitted") return refuse(req, res, refusedIn(exchange));
    if (incoming.kind === "refused") return fail(req, res, "refused");
    if (incoming.kind !== "answered") return fail(req, res, incoming.kind, incoming.cause);

    // It says so when it is let go, and an error that nobody listens to would end the process.
    incoming.body.on("error", () => {});
    const { id, responseCheck } = operationOf(req);
    const check = checks.get(id);
    if (check === undefined) return pass(res, incoming);
    const outcome = await checkResponse(incoming, check);
    if (isClientGone(req, res)) return abandon(incoming);
    if (outcome.kind === "broken") return fail(req, res, "broken", outcome.cause);
    const { answer, violations } = outcome;
    if (violations.length === 0) return pass(res, answer);

    const { requestId } = exchangeOf(req);
    log.warn({ requestId, operation: id, status: answer.status, violations }, "answer does not match the contract");
    if (responseCheck === "report") return pass(res, answer);
    answer.body.destroy();
    fail(req, res, "undeclared");
  };
}

function refusedIn({ outcome }: Exchange): Refusal {
  if (outcome === undefined || outcome.kind === "admitted") throw new Error("This request is still admitted.");
  return outcome;
}

/** Discards a response whose client has disconnected. */
function abandon(incoming: Incoming) {
  if (incoming.kind !== "answered") return;
  incoming.body.on("error", () => {});
  incoming.body.destroy();
}

function pass(res: Response, answer: Answered) {
  writeHead(res, answer);
  // Cut off is cut off: a half answer must not look like a whole one, and pipeline destroys both.
  pipeline(answer.body, res, () => {});
}

function toOutgoing(req: Request, res: Response, signal: AbortSignal): Omit<Outgoing, "isStillAdmitted"> {
  const { requestId, peer, outcome, pathParams = {}, bodyBytes, isBodyStreamed } = exchangeOf(req);
  if (isBodyStreamed) sendContinue(req, res);
  return {
    operation: operationOf(req),
    method: req.method,
    pathParams,
    query: queryOf(req.originalUrl),
    rawHeaders: req.rawHeaders,
    checkedHeaders: operationOf(req).headerParameters.map((name) => [name, checkedValue(req, name)]),
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

/**
 * What the validator looked at. Node shows it one text, joined or the first of several lines, and it leaves numbers and
 * lists behind in their place.
 */
function checkedValue(req: Request, name: string): string | undefined {
  const lines = req.rawHeaders.filter((_, index, all) => index % 2 === 1 && isNamed(all[index - 1], name));
  if (lines.length === 0) return undefined;
  const shown: unknown = req.headers[name.toLowerCase()];
  if (typeof shown === "string") return shown;
  return lines.length > 1 && ["number", "boolean"].includes(typeof shown) ? String(shown) : lines.join(", ");
}

function isNamed(text: string | undefined, name: string): boolean {
  return text?.toLowerCase() === name.toLowerCase();
}

/** Then not a byte of the request has reached the upstream. */
const NEVER_ASKED: readonly Incoming["kind"][] = ["refused", "unreachable", "busy"];

const FAILURES = {
  refused: PATH_UNKNOWN,
  unreachable: {
    code: "upstream-unreachable",
    detail: "Try again in a moment; if it stays so, tell whoever runs this service.",
  },
  busy: { code: "upstream-busy", detail: "Nothing was done; try again after as many seconds as Retry-After says." },
  "slow-body": { code: "request-timeout", detail: "Send the body faster: at least 1,000 bytes a second." },
  broken: { code: "upstream-broken", detail: "Tell whoever runs this service, with the request id." },
  undeclared: {
    code: "upstream-undeclared",
    detail: "It may have been carried out; tell whoever runs this service, with the request id.",
  },
  timeout: {
    code: "upstream-timeout",
    detail: "It may or may not have been carried out; look before you send it again.",
  },
} as const satisfies Record<string, { readonly code: ProblemCode; readonly detail: string }>;

/** Names with several lines, such as Set-Cookie, keep them. */
function writeHead(res: Response, { status, headers }: Answered) {
  for (const [name, lines] of Map.groupBy(headers, ([name]) => name.toLowerCase())) {
    const values = lines.map(([, value]) => value);
    res.setHeader(name, values.length === 1 ? values.join() : values);
  }
  res.writeHead(status);
}
