import type { SendProblem } from "../http/reply/send-problem.ts";
import { isClientGone } from "../http/stage.ts";
import { sendBodyProblem } from "../http/stages/body.ts";
import { parseStrictJson } from "../lib/json/strict-json.ts";
import type { CachedIdentity } from "./cached-identity.ts";
import type { Exits } from "./exits.ts";
import type { FastRequest } from "./fast-request.ts";
import { readPlainBody } from "./message/read-plain-body.ts";
import type { ReplyWriter } from "./reply-writer.ts";
import type { RunHandler } from "./run-handler.ts";

type TakeBodyDeps = {
  readonly isStillAdmitted: CachedIdentity["isStillAdmitted"];
  readonly setHeaders: ReplyWriter["setHeaders"];
  readonly sendProblem: SendProblem;
  readonly exits: Exits;
  readonly runHandler: RunHandler;
};

/** Reads and checks the body of a request, if its operation takes one, and runs the handler. */
export function createTakeBody({ isStillAdmitted, setHeaders, sendProblem, exits, runHandler }: TakeBodyDeps) {
  const takeJson = async (request: FastRequest) => {
    const { req, res, exchange, compiled } = request;
    const read = await readPlainBody(req);
    if (isClientGone(req, res)) return;
    if (read.kind !== "read") {
      setHeaders(res, request);
      return sendBodyProblem(req, res, read.kind, sendProblem);
    }
    exchange.bodyBytes = read.bytes;
    const json = parseStrictJson(read.bytes);
    const isValid = json.kind === "parsed" && json.value !== null && compiled.isValidBody?.(json.value);
    // The key may have been revoked while the body arrived, however soon that was: see the stage `recheck`.
    if (!isValid || !isStillAdmitted(request)) return exits.handOver(request);
    runHandler(request, json.value);
  };

  return (request: FastRequest) => {
    if (request.route.operation.body === undefined) runHandler(request, undefined);
    else takeJson(request).catch((error) => exits.fail(request, error));
  };
}
