import { redactKeys } from "../../../keys/format.ts";
import { PROBLEMS } from "../../../problem/catalog.ts";
import { toDocument } from "../../../problem/problem.ts";
import type { Check } from "../../../usage/decision.ts";
import type { Exchange } from "../../message/exchange.ts";
import { toProblemContent } from "../problem-content.ts";
import type { RecordProblem } from "../record-problem.ts";
import type { ContentReply, ProblemReply, Reply } from "../reply.ts";
import { commonHeadersOf } from "./common-headers.ts";
import type { WriteContent } from "./write-content.ts";

type WriteReplyDeps = {
  readonly writeContent: WriteContent;
  readonly recordProblem: RecordProblem;
  /** The path below which the pages of problems are. Default: none. */
  readonly prefix?: string | undefined;
};

/** Sends the reply of a stage: the only place where the pipeline writes. @param check the stage. */
export type WriteReply = (exchange: Exchange, reply: Reply, check: Check) => void;

export function createWriteReply({ writeContent, recordProblem, prefix }: WriteReplyDeps): WriteReply {
  return (exchange, reply, check) => {
    const { res } = exchange;
    if (reply.kind === "delegated") return reply.respond(res, commonHeadersOf(exchange));
    if (reply.kind === "problem") recordProblem(exchange, reply, reply.check ?? check);
    if (res.destroyed) return;
    // A part of another response is out already: only a broken connection can tell the client that the rest is missing.
    if (res.headersSent) res.destroy();
    else writeContent(exchange, reply.kind === "problem" ? toContent(exchange, reply, prefix) : reply);
  };
}

function toContent(
  { requestId, forwardAuth }: Exchange,
  { problem, headers = {}, members }: ProblemReply,
  prefix: string | undefined,
): Omit<ContentReply, "kind"> {
  const { status } = PROBLEMS[problem.code];
  // Names of parameters and fields come from the caller, and one may contain a key.
  const json = redactKeys(JSON.stringify({ ...toDocument(problem, requestId, prefix), ...members }));
  const content = toProblemContent(status, json, forwardAuth?.isFromNginx ?? false);
  const retry = status === 503 && headers["Retry-After"] === undefined ? RETRY_SOON : [];
  return { ...content, headers: [...retry, ...Object.entries(headers).flat(), ...content.headers] };
}

const RETRY_SOON = ["Retry-After", "1"];
