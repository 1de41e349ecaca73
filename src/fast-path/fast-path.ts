import type { IncomingMessage, ServerResponse } from "node:http";
import { authorize, type Refusal } from "../auth/authorize.ts";
import type { FailedKeyLimiter } from "../auth/failed-key-limiter.ts";
import type { Refuse } from "../http/reply/refusals.ts";
import type { SendProblem, WriteProblem } from "../http/reply/send-problem.ts";
import { type Begin, type BeginDeps, createBegin } from "./begin.ts";
import { type CachedIdentityDeps, createCachedIdentity } from "./cached-identity.ts";
import { type ChargeDeps, createCharge } from "./charge.ts";
import { createExits, type ExitsDeps } from "./exits.ts";
import { type Candidate, createRecognize, type RecognizeDeps } from "./recognize.ts";
import { createReplyWriter } from "./reply-writer.ts";
import { createRunHandler } from "./run-handler.ts";
import { createServe } from "./serve.ts";
import { createTakeBody } from "./take-body.ts";

export type FastPathDeps = BeginDeps &
  CachedIdentityDeps &
  Omit<RecognizeDeps, "identify"> &
  Pick<ChargeDeps, "limiter" | "ruleBook"> &
  Pick<ExitsDeps, "runRemainingStages"> & {
    readonly isStopping: () => boolean;
    /** Headers of every reply, in addition to the safe ones: name, value, name, value, … */
    readonly headers: readonly string[];
    readonly failedKeys: Pick<FailedKeyLimiter, "waitMsOf">;
    /** Refuses malformed keys from addresses that have failed too often. @returns whether it sent the response. */
    readonly rejectEarly: (req: IncomingMessage, res: ServerResponse) => boolean;
    /** How to refuse requests, with the usual way to write a problem or with `write`. */
    readonly toRefusals: (write?: WriteProblem) => { readonly sendProblem: SendProblem; readonly refuse: Refuse };
  };

/**
 * Responds to an ordinary request.
 * @returns false for all other requests, which are left untouched for the stages.
 */
export type FastPath = (req: IncomingMessage, res: ServerResponse) => boolean;

/**
 * Serves ordinary requests without Express and the validator: a known key in its header, an operation with a handler,
 * and nothing that the compiled contract cannot judge. In any doubt it leaves the request to the stages, which stay the
 * reference: test/fast-path compares both.
 */
export function createFastPath(deps: FastPathDeps): FastPath {
  const { log, isStopping, toRefusals } = deps;
  const replies = createReplyWriter(deps.headers, (fault) => log.error({ err: fault }, "a reply cannot be sent"));
  const { setHeaders } = replies;
  const { sendProblem } = toRefusals();
  const refusals = toRefusals(replies.writeProblem);
  const { identify, isStillAdmitted } = createCachedIdentity(deps);
  const begin = createBegin(deps);

  const exits = createExits({ ...deps, setHeaders, sendProblem });
  const { fail } = exits;
  const runHandler = createRunHandler({ exits, replies });
  const takeBody = createTakeBody({ isStillAdmitted, setHeaders, sendProblem, exits, runHandler });
  const charge = createCharge({ ...deps, sendProblem: refusals.sendProblem, fail, next: takeBody });

  const recognize = createRecognize({ ...deps, identify });
  const serve = createServe({ ...begin, charge, fail });
  const refuse = createRefuseCandidate({ ...deps, ...begin, refuse: refusals.refuse });

  return (req, res) => {
    const candidate = isStopping() ? undefined : recognize(req);
    if (candidate === undefined) return false;
    const outcome = authorize(candidate.identity, candidate.route.scopes);
    return outcome.kind === "admitted" ? serve(candidate, res, outcome) : refuse(candidate, res, outcome);
  };
}

type RefuseDeps = Begin & Pick<FastPathDeps, "failedKeys" | "rejectEarly"> & { readonly refuse: Refuse };

/** Refuses a request whose key is not admitted. @returns false if the stages have to: then it is untouched. */
function createRefuseCandidate({ begin, observe, failedKeys, rejectEarly, refuse }: RefuseDeps) {
  return (candidate: Candidate, res: ServerResponse, refusal: Refusal): boolean => {
    const { req, query, head, peer, identity } = candidate;
    // The query may contain a key too, and a body on its way needs care.
    if (query !== undefined || head.contentLength > 0) return false;
    if (identity.kind === "unknown" && failedKeys.waitMsOf(peer.address) > 0 && rejectEarly(req, res)) return true;
    const exchange = begin(candidate, refusal);
    observe({ req, res, exchange }, () => {});
    refuse(req, res, refusal);
    return true;
  };
}
