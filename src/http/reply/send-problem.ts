import type { IncomingMessage, ServerResponse } from "node:http";
import type { Outcome } from "../../auth/authorize.ts";
import type { SourceLines } from "../../contract/model/source-lines.ts";
import { redactKeys } from "../../keys/format.ts";
import type { Log } from "../../lib/log/log.ts";
import type { RateLimitedLog } from "../../lib/log/rate-limited-log.ts";
import type { Clock } from "../../lib/time/clock.ts";
import { PROBLEMS } from "../../problem/catalog.ts";
import { type Problem, toDocument } from "../../problem/problem.ts";
import type { Decision, Decisions } from "../../usage/decision.ts";
import { type Exchange, exchangeOf, knownKeyOf } from "../message/exchange.ts";
import { contractLineOf, stageOf } from "./problem-origin.ts";
import { type ProblemReply, toProblemReply } from "./problem-reply.ts";

export type ProblemFacts = {
  /** Further headers of the response, such as Allow. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the document (RFC 9457 §3.2). */
  readonly members?: Readonly<Record<string, string | readonly string[]>>;
  /** For the log only. */
  readonly cause?: unknown;
  readonly keyId?: string | undefined;
};

/** Responds with a problem, and logs it. Every refusal of a request goes through here. */
export type SendProblem = (req: IncomingMessage, res: ServerResponse, problem: Problem, facts?: ProblemFacts) => void;

/** Writes the reply; headers that the response has already are kept. */
export type WriteProblem = (req: IncomingMessage, res: ServerResponse, reply: ProblemReply) => void;

type SendProblemDeps = {
  readonly log: Log;
  /** For callers without a valid key, who can cause any number of refusals. */
  readonly rateLimitedLog: RateLimitedLog;
  readonly clock: Clock;
  readonly decisions: Decisions;
  readonly sourceLines: SourceLines;
};

export function createSendProblem(deps: SendProblemDeps, write: WriteProblem = writeProblem): SendProblem {
  return (req, res, problem, facts = {}) => {
    const exchange = exchangeOf(req);
    exchange.code = problem.code;
    // nginx gets another status than the problem has: see `toNginxReply`.
    if (exchange.isFromNginx) exchange.status = PROBLEMS[problem.code].status;
    const event = { exchange, problem, facts, method: req.method ?? "" };
    deps.decisions.record(toDecision(event, deps));
    // The client has disconnected, so the problem was not sent; if the service ended the connection, it logged why.
    if (res.destroyed) return;
    logProblem(event, deps);
    // A part of another response is out already: only a broken connection can tell the client that the rest is missing.
    if (res.headersSent) res.destroy();
    else write(req, res, toReply(event));
  };
}

const writeProblem: WriteProblem = (_req, res, { status, headers, text }) => {
  res.writeHead(status, headers);
  // Node sends a string together with the head, in one packet.
  res.end(text);
};

type ProblemEvent = {
  readonly exchange: Exchange;
  readonly problem: Problem;
  readonly facts: ProblemFacts;
  readonly method: string;
};

function toDecision(
  { exchange, problem, facts, method }: ProblemEvent,
  { clock, sourceLines }: Pick<SendProblemDeps, "clock" | "sourceLines">,
): Decision {
  const { requestId, operation, peer } = exchange;
  const { code, detail } = problem;
  const key = knownKeyOf(exchange);
  return {
    requestId,
    at: clock.now(),
    status: PROBLEMS[code].status,
    code,
    detail,
    check: stageOf(code),
    method,
    operation: operation?.id ?? "",
    line: contractLineOf(problem, operation?.id ?? "", sourceLines),
    clientId: key?.client.id ?? "",
    keyId: facts.keyId ?? key?.id ?? "",
    address: peer.address,
  };
}

/** Problems that only a fault of this service can cause. */
const FAULTS: readonly string[] = ["internal-error", "unavailable"];

/** The outcomes of a valid key, whether or not it may call the operation. */
const VALID: readonly (Outcome["kind"] | undefined)[] = ["admitted", "scope-missing"];

function logProblem(
  { exchange, problem: { code }, facts, method }: ProblemEvent,
  { log, rateLimitedLog }: Pick<SendProblemDeps, "log" | "rateLimitedLog">,
) {
  const { requestId, operation, outcome, peer } = exchange;
  const { status } = PROBLEMS[code];
  const fields = {
    requestId,
    address: peer.address,
    method,
    operation: operation?.id,
    status,
    code,
    keyId: facts.keyId,
  };
  const logger = VALID.includes(outcome?.kind) ? log : rateLimitedLog;
  if (FAULTS.includes(code)) log.error({ ...fields, err: facts.cause }, code);
  else if (code.startsWith("upstream-")) logger.warn({ ...fields, cause: messageOf(facts.cause) }, code);
  else logger.info(fields, code);
}

/** Of an upstream's failure only the message: other properties of the error may hold what was sent. */
function messageOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}

function toReply({ exchange, problem, facts: { headers, members } }: ProblemEvent): ProblemReply {
  const { requestId, isFromNginx = false } = exchange;
  const { status } = PROBLEMS[problem.code];
  // Names of parameters and fields come from the caller, and one may contain a key.
  const json = redactKeys(JSON.stringify({ ...toDocument(problem, requestId), ...members }));
  // Not sent with `res.json`, which the validator watches: it would refuse the problem as undeclared.
  const reply = toProblemReply(status, json, isFromNginx);
  return { ...reply, headers: { ...(status === 503 && { "Retry-After": "1" }), ...headers, ...reply.headers } };
}
