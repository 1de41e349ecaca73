import type { AnyReply, SuccessfulReply } from "../http/reply/handler.ts";
import { PREPARED_REPLIES } from "../http/reply/prepared-reply.ts";
import { isClientGone } from "../http/stage.ts";
import { JSON_MEDIA_TYPE } from "../lib/http/media-types.ts";
import type { Exits } from "./exits.ts";
import type { FastRequest } from "./fast-request.ts";
import type { ReplyWriter } from "./reply-writer.ts";

type RunHandlerDeps = {
  readonly exits: Exits;
  readonly replies: ReplyWriter;
};

/** Runs the handler of a request and sends its reply. Never throws. */
export type RunHandler = (request: FastRequest, body: unknown) => void;

export function createRunHandler({ exits, replies }: RunHandlerDeps): RunHandler {
  const send = (request: FastRequest, reply: AnyReply) => {
    if (!isCertainlyValid(reply, request)) {
      PREPARED_REPLIES.set(request.req, reply);
      return exits.handOver(request);
    }
    const text = JSON.stringify(reply.body);
    replies.send(request.res, request, { status: reply.status, headers: toHeaders(reply, text), text });
  };

  return (request, body) => {
    const { req, res, route, exchange } = request;
    try {
      exchange.mayHaveSideEffects = true;
      // Only the table of handlers knows the type of this one; the parameters and the body were checked for it.
      const reply = route.handler(toCall(request, body) as never);
      if (!isPromise(reply)) return send(request, reply);
      const sendLater = async () => {
        const settled = await reply;
        if (!isClientGone(req, res)) send(request, settled);
      };
      sendLater().catch((error) => exits.fail(request, error));
    } catch (error) {
      exits.fail(request, error);
    }
  };
}

function toCall({ exchange, parameters, head, key }: FastRequest, body: unknown) {
  const { requestId, peer } = exchange;
  const { path, query } = parameters;
  return { requestId, address: peer.address, path, query, header: {}, body, accept: head.accept, key };
}

/** Not `instanceof Promise`: handlers of a host app may return the promises of a library. */
function isPromise(reply: AnyReply | PromiseLike<AnyReply>): reply is PromiseLike<AnyReply> {
  return "then" in reply && typeof reply.then === "function";
}

/** Whether the reply is JSON that certainly matches the contract. The validator decides about all other replies. */
function isCertainlyValid(reply: AnyReply, { compiled, route }: FastRequest): reply is SuccessfulReply {
  if (!("status" in reply)) return false;
  const mediaType = reply.mediaType ?? route.operation.responses[reply.status];
  if (mediaType !== JSON_MEDIA_TYPE || reply.body === undefined) return false;
  return compiled.responseChecks.get(reply.status)?.(reply.body) ?? false;
}

function toHeaders({ etag, location }: SuccessfulReply, text: string) {
  return {
    ...(etag !== undefined && { ETag: etag }),
    ...(location !== undefined && { Location: location }),
    "Content-Type": `${JSON_MEDIA_TYPE}; charset=utf-8`,
    "Content-Length": Buffer.byteLength(text),
  };
}
