import type { Judge, JudgedRequest, Judgement } from "../../contract/judge/judge.ts";
import type { Admitted, BodyRead, RequestBody } from "../message/exchange.ts";
import { recordOf } from "../message/exchange.ts";
import { headersOf, type Message } from "../message/message.ts";
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
  const judgement = judge.judgeRequest(new MessageToJudge(exchange, body));
  if (!(judgement instanceof Promise)) return keep(exchange, judgement);
  return judgement.then((one) => keep(exchange, one));
}

/**
 * Few operations have parameters in headers, and Node makes the table of headers when it is first read. So this is a class:
 * its getter costs nothing until it is used.
 */
class MessageToJudge implements JudgedRequest {
  readonly operation: JudgedRequest["operation"];
  readonly pathParams: JudgedRequest["pathParams"];
  readonly query: string;
  readonly body: JudgedRequest["body"];
  readonly #message: Message;

  constructor({ operation, pathParams, message }: Admitted, body: RequestBody) {
    this.operation = operation;
    this.pathParams = pathParams;
    this.query = message.query;
    this.body = body.kind === "read" ? body : undefined;
    this.#message = message;
  }

  get headers() {
    return headersOf(this.#message);
  }
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
