import type { IncomingMessage, ServerResponse } from "node:http";
import type { Outcome } from "../../auth/authorize.ts";
import type { SourceLines } from "../../contract/model/source-lines.ts";
import { redactKeys } from "../../keys/format.ts";
import type { Log } from "../../lib/log/log.ts";
import type { RateLimitedLog } from "../../lib/log/rate-limited-log.ts";
import type { Clock } from "../../lib/time/clock.ts";
import { PROBLEMS } from "../../problem/catalog.ts";
import { type Problem, toDocument } from "../../problem/problem.ts";
import type { Decisions } from "../../usage/decision.ts";
import { exchangeOf } from "../message/exchange.ts";
import { toNginxReply } from "./nginx-reply.ts";
import { lineOf, stageOf } from "./problem-origin.ts";

export type ProblemFacts = {
  /** Headers that go with it, such as Allow. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the document (RFC 9457 §3.2). */
  readonly members?: Readonly<Record<string, string | readonly string[]>>;
  /** For the log only. */
  readonly cause?: unknown;
  readonly keyId?: string | undefined;
};

/** What only we can cause. */
const OURS: readonly string[] = ["internal-error", "unavailable"];

/** What `authorize` says of keys that are good, whether they may do this or not. */
const VALID: readonly (Outcome["kind"] | undefined)[] = ["admitted", "scope-missing"];

/** Of an upstream's failure only the words: what else hangs on it may hold what was sent. */
function wordsOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}

/** Answers with a problem and logs it. The only way a request is refused. */
export type SendProblem = (req: IncomingMessage, res: ServerResponse, problem: Problem, facts?: ProblemFacts) => void;

/** Writes the answer, with these headers beside those that it has already. */
export type WriteProblem = (
  req: IncomingMessage,
  res: ServerResponse,
  answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | number>>;
    readonly text: string;
  },
) => void;

const writeProblem: WriteProblem = (_req, res, { status, headers, text }) => {
  res.writeHead(status, headers);
  // As text: Node then sends it with the head, in one piece.
  res.end(text);
};

export type SendProblemDeps = {
  readonly log: Log;
  /** For refusals of callers without a valid key, who can cause as many as they like. */
  readonly sparingLog: RateLimitedLog;
  readonly clock: Clock;
  readonly decisions: Decisions;
  readonly sourceLines: SourceLines;
};

export function createSendProblem(
  { log, sparingLog, clock, decisions, sourceLines }: SendProblemDeps,
  write: WriteProblem = writeProblem,
): SendProblem {
  return (req, res, problem, { headers = {}, members = {}, cause, keyId } = {}) => {
    const { method = "" } = req;
    const { requestId, operation, peer, isFromNginx } = exchangeOf(req);
    const { status } = PROBLEMS[problem.code];
    Object.assign(exchangeOf(req), { code: problem.code, ...(isFromNginx && { status }) });
    const event = {
      requestId,
      address: peer.address,
      method,
      operation: operation?.id,
      status,
      code: problem.code,
      keyId,
    };
    const { outcome } = exchangeOf(req);
    const key = outcome !== undefined && "key" in outcome ? outcome.key : undefined;
    decisions.record({
      requestId,
      at: clock.now(),
      status,
      code: problem.code,
      detail: problem.detail,
      check: stageOf(problem.code),
      method,
      operation: operation?.id ?? "",
      line: lineOf(problem, operation?.id ?? "", sourceLines),
      clientId: key?.client.id ?? "",
      keyId: keyId ?? key?.id ?? "",
      address: peer.address,
    });
    // Whoever is gone hears nothing more, and if it was refused, that was said where the connection ended.
    if (res.destroyed) return;
    const lines = VALID.includes(outcome?.kind) ? log : sparingLog;
    if (OURS.includes(problem.code)) log.error({ ...event, err: cause }, problem.code);
    else if (problem.code.startsWith("upstream-")) lines.warn({ ...event, cause: wordsOf(cause) }, problem.code);
    else lines.info(event, problem.code);

    // Half an answer is out already: cutting it off is the only way left to say that it is not whole.
    if (res.headersSent) {
      res.destroy();
      return;
    }
    // Not res.json: the validator watches that one, and refuses what it does not know.
    // Names of parameters and fields are the caller's, and a key may have slipped into one.
    const whole = redactKeys(JSON.stringify({ ...toDocument(problem, requestId), ...members }));
    const reply = isFromNginx ? toNginxReply(JSON.parse(whole)) : { status, headers: {}, text: whole };
    const { text } = reply;
    write(req, res, {
      status: reply.status,
      headers: {
        ...reply.headers,
        ...(status === 503 && { "Retry-After": "1" }),
        ...headers,
        "Content-Type": "application/problem+json",
        "Content-Length": Buffer.byteLength(text),
      },
      text,
    });
  };
}
