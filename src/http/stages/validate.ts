import type { Judge, JudgedRequest, Judgement, Parameters } from "../../contract/judge/judge.ts";
import type { Admitted, BodyRead, RequestBody } from "../message/exchange.ts";
import { recordOf } from "../message/exchange.ts";
import { headersOf, type Message } from "../message/message.ts";
import { problemReply, type Reply } from "../reply/reply.ts";
import { findMethodOverride } from "./reporting/method-override.ts";
import type { Reporting } from "./reporting/reporting.ts";
import type { Stage } from "./stage.ts";

/** Refuses, or reports, requests whose parameters or body are not what the contract declares. */
export function validate(judge: Judge, reporting: Reporting): Stage<BodyRead> {
  return {
    check: "validate",
    run: (exchange) => validateRequest(exchange, exchange.body, { judge, reporting }),
  };
}

/** The parameters of a request that is not what the contract declares, and is passed on nevertheless. */
export const UNCHECKED: Parameters = { path: {}, query: {}, header: {} };

export type ValidateDeps = { readonly judge: Judge; readonly reporting: Reporting };

/** @param body not judged unless it was read. */
export function validateRequest(
  exchange: Admitted,
  body: RequestBody,
  { judge, reporting }: ValidateDeps,
): Reply | undefined | Promise<Reply | undefined> {
  if (exchange.operation.isPreflight) {
    recordOf(exchange).parameters = UNCHECKED;
    return undefined;
  }
  const judgement = judge.judgeRequest(new MessageToJudge(exchange, body));
  if (!(judgement instanceof Promise)) return keep(exchange, judgement, reporting);
  return judgement.then((one) => keep(exchange, one, reporting));
}

/**
 * Few operations have parameters in headers, and Node makes the table of headers when it is first read. So this is a class:
 * its getter costs nothing until it is used.
 */
class MessageToJudge implements JudgedRequest {
  readonly operation: JudgedRequest["operation"];
  readonly pathParams: JudgedRequest["pathParams"];
  readonly encodedPathParams: JudgedRequest["encodedPathParams"];
  readonly query: string;
  readonly body: JudgedRequest["body"];
  readonly #message: Message;

  constructor({ operation, pathParams, encodedPathParams, message }: Admitted, body: RequestBody) {
    this.operation = operation;
    this.pathParams = pathParams;
    this.encodedPathParams = encodedPathParams;
    this.query = message.query;
    this.body = toJudged(body);
    this.#message = message;
  }

  get headers() {
    return headersOf(this.#message);
  }
}

/** Only JSON is judged by its text too. A body that could not be parsed is reported already. */
function toJudged(body: RequestBody): JudgedRequest["body"] {
  if (body.kind !== "read" || body.value === undefined) return undefined;
  return body.reading === "json" ? body : { mediaType: body.mediaType, value: body.value };
}

function keep(exchange: Admitted, judgement: Judgement, { isReported, note }: Reporting): Reply | undefined {
  const record = recordOf(exchange);
  if (judgement.kind === "invalid") {
    const { detail, parts } = judgement;
    if (!isReported(exchange.operation) || findMethodOverride(exchange) !== undefined)
      return problemReply({ code: "request-invalid", detail, errors: parts });
    note(exchange, parts);
    record.parameters = UNCHECKED;
    record.input = record.body?.kind === "read" ? record.body.value : undefined;
    return undefined;
  }
  record.parameters = judgement.parameters;
  record.input = judgement.body;
  return undefined;
}
