import type { Judge } from "../../contract/judge/judge.ts";
import { JSON_TYPE } from "../../contract/model/bodies/media-types.ts";
import type { Operation } from "../../contract/model/operations.ts";
import { JSON_CONTENT_TYPE, JSON_MEDIA_TYPE } from "../../lib/http/media-types.ts";
import { recordOf, type Validated } from "../message/exchange.ts";
import type { AnyHandler, AnyReply, HandlersById, SuccessfulReply } from "../reply/handler.ts";
import type { Refuse } from "../reply/refusals.ts";
import { problemReply, type Reply } from "../reply/reply.ts";
import type { Stage } from "./stage.ts";

type HandleDeps = {
  readonly operations: readonly Operation[];
  readonly handlers: HandlersById;
  readonly judge: Judge;
  readonly refuse: Refuse;
};

/**
 * Runs the handler of the matched operation. It is found by operationId: routes of a framework could disagree with the
 * contract about which operation this is. Operations without a handler are left to the next stage.
 */
export function handle({ operations, handlers, judge, refuse }: HandleDeps): Stage<Validated> {
  const handlerOf = new Map(operations.flatMap((one) => toEntry(one, handlers)));

  const finish = (exchange: Validated, reply: AnyReply): Reply | Promise<Reply> => {
    if ("refusal" in reply) return refuse(recordOf(exchange), reply.refusal);
    if ("problem" in reply) {
      const { problem, ...rest } = reply;
      return problemReply({ code: problem, ...rest });
    }
    return toContent(exchange.operation, reply, judge);
  };

  return {
    check: "handle",
    run: (exchange) => {
      const handler = handlerOf.get(exchange.operation);
      if (handler === undefined) return undefined;
      recordOf(exchange).mayHaveSideEffects = true;
      // Only the table of handlers knows the type of this one; parameters and body were validated for it.
      const reply = handler(toCall(exchange) as never);
      return isPromise(reply) ? Promise.resolve(reply).then((one) => finish(exchange, one)) : finish(exchange, reply);
    },
  };
}

function toEntry(operation: Operation, handlers: HandlersById): readonly (readonly [Operation, AnyHandler])[] {
  const { id } = operation;
  const handler = Object.hasOwn(handlers, id) ? handlers[id] : undefined;
  return handler === undefined ? [] : [[operation, handler]];
}

function toCall({ requestId, peer, head, req, admission, parameters, input: body }: Validated) {
  const { address } = peer;
  const { path, query, header } = parameters;
  const { key } = admission;
  const accept = head === undefined ? req.headers.accept : head.accept;
  const call = { requestId, address, path, query, header, body, accept };
  return key === undefined ? call : { ...call, key };
}

/** Not `instanceof Promise`: handlers of a host app may return the promises of a library. */
function isPromise(reply: AnyReply | PromiseLike<AnyReply>): reply is PromiseLike<AnyReply> {
  return "then" in reply && typeof reply.then === "function";
}

function toContent(operation: Operation, reply: SuccessfulReply, judge: Judge): Reply | Promise<Reply> {
  const { status, body } = reply;
  const mediaType = reply.mediaType ?? operation.responses[status] ?? JSON_MEDIA_TYPE;
  if (!isJson(mediaType) && body !== undefined) return toReply(reply, mediaType, body);
  const judged = judge.judgeReply({ operation, status, mediaType, body });
  return judged instanceof Promise
    ? judged.then((one) => toReply(reply, mediaType, one.body))
    : toReply(reply, mediaType, judged.body);
}

function isJson(mediaType: string): boolean {
  return mediaType === JSON_MEDIA_TYPE || JSON_TYPE.test(mediaType.toLowerCase());
}

function toReply({ status, etag, location }: SuccessfulReply, mediaType: string, body: unknown): Reply {
  const headers: string[] = [];
  if (etag !== undefined) headers.push("ETag", etag);
  if (location !== undefined) headers.push("Location", location);
  const content = toBytes(body, mediaType);
  if (status !== 204) headers.push("Content-Type", toContentType(mediaType, content));
  return { kind: "content", status, headers, content };
}

function toBytes(body: unknown, mediaType: string): string | Uint8Array {
  if (body === undefined) return "";
  const isText = typeof body === "string" || body instanceof Uint8Array;
  return isText && !isJson(mediaType) ? body : JSON.stringify(body);
}

function toContentType(mediaType: string, content: string | Uint8Array): string {
  if (mediaType === JSON_MEDIA_TYPE) return JSON_CONTENT_TYPE;
  const isText = typeof content === "string" || mediaType.startsWith("text/");
  return isText && !/;\s*charset=/i.test(mediaType) ? `${mediaType}; charset=utf-8` : mediaType;
}
