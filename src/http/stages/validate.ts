import type { Judge, JudgedRequest, Judgement } from "../../contract/judge/judge.ts";
import type { Admitted, BodyRead, RequestBody } from "../message/exchange.ts";
import { recordOf } from "../message/exchange.ts";
import { headerLinesOf, headersOf } from "../message/message.ts";
import { problemReply, type Reply } from "../reply/reply.ts";
import type { Stage } from "./stage.ts";

/** Refuses requests whose parameters or body are not what the contract declares. */
export function validate(judge: Judge): Stage<BodyRead> {
  return {
    check: "validate",
    run: (exchange) => validateRequest(exchange, exchange.body, judge),
  };
}

/** @param body not judged unless it was read. */
export function validateRequest(
  exchange: Admitted,
  body: RequestBody,
  judge: Judge,
): Reply | undefined | Promise<Reply | undefined> {
  const judgement = judge.judgeRequest(toJudged(exchange, body));
  if (!(judgement instanceof Promise)) return keep(exchange, judgement);
  return judgement.then((one) => keep(exchange, one));
}

function toJudged({ operation, pathParams, message }: Admitted, body: RequestBody): JudgedRequest {
  return {
    operation,
    pathParams,
    query: message.query,
    // Few operations have parameters there, and Node makes the table of headers when it is first read.
    get headers() {
      return headersOf(message);
    },
    headerLines: (name) => headerLinesOf(message, name),
    body: body.kind === "read" ? body : undefined,
  };
}

function keep(exchange: Admitted, judgement: Judgement): Reply | undefined {
  if (judgement.kind === "invalid") {
    const { detail, parts } = judgement;
    return problemReply({ code: "request-invalid", detail, errors: parts });
  }
  const record = recordOf(exchange);
  record.parameters = judgement.parameters;
  record.input = judgement.body;
  return undefined;
}
