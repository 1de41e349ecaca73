import type { SourceLines } from "../../contract/model/source-lines.ts";
import { redactKeys } from "../../keys/format.ts";
import type { Log } from "../../lib/log/log.ts";
import type { RateLimitedLog } from "../../lib/log/rate-limited-log.ts";
import type { Clock } from "../../lib/time/clock.ts";
import { PROBLEMS } from "../../problem/catalog.ts";
import type { Check, Decision, Decisions } from "../../usage/decision.ts";
import type { Exchange } from "../message/exchange.ts";
import { contractLineOf } from "./contract-line.ts";
import type { ProblemReply } from "./reply.ts";

export type RecordProblemDeps = {
  readonly log: Log;
  /** For callers without a valid key, who can cause any number of refusals. */
  readonly rateLimitedLog: RateLimitedLog;
  readonly clock: Clock;
  readonly decisions: Decisions;
  readonly sourceLines: SourceLines;
};

/** Remembers why a request was refused, for `getDecision`, and logs it. @param check what refused it, or failed. */
export type RecordProblem = (exchange: Exchange, reply: ProblemReply, check: Check) => void;

export function createRecordProblem({ clock, decisions, sourceLines, ...logs }: RecordProblemDeps): RecordProblem {
  return (exchange, reply, check) => {
    const { code } = reply.problem;
    exchange.code = code;
    // nginx gets another status than the problem has: see `toNginxReply`.
    if (exchange.forwardAuth?.isFromNginx) exchange.problemStatus = PROBLEMS[code].status;
    decisions.record({ ...toDecision(exchange, reply, check, sourceLines), at: clock.now() });
    // The client has disconnected, so the problem is not sent; if the service ended the connection, it logged why.
    if (!exchange.res.destroyed) logProblem(exchange, reply, logs);
  };
}

function toDecision(
  { requestId, operation, peer, knownKey, message }: Exchange,
  { problem, keyId }: ProblemReply,
  check: Check,
  sourceLines: SourceLines,
): Omit<Decision, "at"> {
  const { code, detail } = problem;
  return {
    requestId,
    status: PROBLEMS[code].status,
    code,
    // It may quote a name that the caller chose: the client reads it redacted too.
    detail: redactKeys(detail),
    check,
    method: message.method,
    operation: operation?.id ?? "",
    line: contractLineOf(problem, check, operation?.id ?? "", sourceLines),
    clientId: knownKey?.client.id ?? "",
    keyId: keyId ?? knownKey?.id ?? "",
    address: peer.address,
  };
}

/** Problems that only a fault of this service can cause. */
const FAULTS: readonly string[] = ["internal-error", "unavailable"];

function logProblem(
  exchange: Exchange,
  { problem: { code }, keyId, cause }: ProblemReply,
  { log, rateLimitedLog }: Pick<RecordProblemDeps, "log" | "rateLimitedLog">,
) {
  const { requestId, operation, peer, message } = exchange;
  const fields = {
    requestId,
    address: peer.address,
    method: message.method,
    operation: operation?.id,
    status: PROBLEMS[code].status,
    code,
    keyId,
  };
  const logger = hasValidKey(exchange, code) ? log : rateLimitedLog;
  if (FAULTS.includes(code)) log.error({ ...fields, err: cause }, code);
  else if (code.startsWith("upstream-")) logger.warn({ ...fields, cause: messageOf(cause) }, code);
  else logger.info(fields, code);
}

/** Whether the caller has a valid key, even if it may not call this operation. */
function hasValidKey({ admission }: Exchange, code: string): boolean {
  return admission?.key !== undefined || code === "scope-missing";
}

/** Of an upstream's failure only the message: other properties of the error may hold what was sent. */
function messageOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}
