import type { IncomingMessage, ServerResponse } from "node:http";
import { authorize, type Outcome } from "../auth/authorize.ts";
import type { FailedKeyLimiter } from "../auth/failed-key-limiter.ts";
import { type IdentifyDeps, type Identity, identifyKnown, type KeyFinder } from "../auth/identify.ts";
import { chargeOf, type RuleBook } from "../auth/rule-book.ts";
import { beginExchange, type Exchange } from "../http/message/exchange.ts";
import type { Peer } from "../http/message/peer.ts";
import { isRefunded, noteStoreFailure } from "../http/message/refund.ts";
import { MAX_BODY_BYTES } from "../http/message/unread-body.ts";
import type { AnyReply } from "../http/reply/handler.ts";
import { limitHeaders } from "../http/reply/limit-headers.ts";
import { PREPARED_REPLIES } from "../http/reply/prepared-reply.ts";
import type { Refuse } from "../http/reply/refusals.ts";
import type { SendProblem, WriteProblem } from "../http/reply/send-problem.ts";
import { isClientGone } from "../http/stage.ts";
import { logResponse } from "../http/stages/access-log.ts";
import { sendUnread } from "../http/stages/body.ts";
import { toProblem } from "../http/stages/error-handler.ts";
import { refusalOf } from "../http/stages/limit.ts";
import { meterResponse } from "../http/stages/metering.ts";
import { parseKey } from "../keys/format.ts";
import { newId } from "../keys/generate.ts";
import { digestOf } from "../keys/hash.ts";
import type { ApiKey } from "../keys/key.ts";
import { parseStrictJson } from "../lib/json/strict-json.ts";
import type { Log } from "../lib/log/log.ts";
import type { RandomBytes } from "../lib/random.ts";
import type { Charge, Limiter, Verdict } from "../limits/limiter.ts";
import type { Meter } from "../usage/meter.ts";
import type { Parameters } from "./compiled-parameters.ts";
import { type Compiled, type createFastTable, type FastOperation, JSON_MEDIA_TYPE } from "./fast-operation.ts";
import type { Head, ReadHead } from "./read-head.ts";
import { readWhole } from "./read-whole.ts";
import { createAnswers } from "./replies.ts";

export type FastPathDeps = Omit<IdentifyDeps, "keys"> & {
  readonly findCached: NonNullable<KeyFinder["findCached"]>;
  readonly find: ReturnType<typeof createFastTable>;
  readonly readHead: ReadHead;
  /** Undefined: who calls is not known, or what they send is not private enough for a key. */
  readonly peerOf: (req: IncomingMessage) => Peer | undefined;
  readonly limiter: Limiter;
  readonly ruleBook: RuleBook;
  readonly meter: Meter;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly isStopping: () => boolean;
  /** Headers of every answer, beyond the safe ones. */
  readonly headers: readonly string[];
  readonly failedKeys: Pick<FailedKeyLimiter, "waitOf">;
  readonly isRejectedEarly: (req: IncomingMessage, res: ServerResponse) => boolean;
  /** How requests are refused; left to the usual way of writing an answer, or to `write`. */
  readonly toRefusals: (write?: WriteProblem) => { readonly sendProblem: SendProblem; readonly refuse: Refuse };
  /** The rest of the way of all others, from the validator on; what is known already is in the exchange. */
  readonly goOn: (req: IncomingMessage, res: ServerResponse) => void;
};

/** Answers a request if it is an ordinary one; otherwise nothing was done to it. */
export type FastPath = (req: IncomingMessage, res: ServerResponse) => boolean;

/** A request that the lane has taken. */
type FastRequest = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly lane: FastOperation;
  readonly compiled: Compiled;
  readonly head: Head;
  readonly exchange: Exchange;
  readonly parameters: Parameters;
  readonly key: ApiKey;
  /** RateLimit and its like. */
  limits: Readonly<Record<string, string>>;
  /** What was taken, to be given back where it fails for our fault, and was not carried out. */
  verdict: Verdict | undefined;
};

/**
 * The short way of ordinary requests: one known key in its header, an operation with a handler of ours, everything of a
 * kind that the compiled contract is sure of. It only ever says yes, or hands over to the way of all others, which stays
 * the reference: test/lane holds both against each other.
 */
export function createFastPath(deps: FastPathDeps): FastPath {
  const { findCached, find, readHead, peerOf, limiter, ruleBook, meter, clock, environments, random, log } = deps;
  const { isStopping, failedKeys, isRejectedEarly, toRefusals, goOn } = deps;
  const answers = createAnswers(deps.headers, (fault) => log.error({ err: fault }, "an answer cannot be sent"));
  const refusals = toRefusals(answers.writeProblem);
  const { sendProblem } = toRefusals();

  const identify = ({ key: text }: Head, { address }: Peer): Identity | undefined => {
    if (text === "") return NOBODY;
    // Whatever has the digest of a key that was issued is that key: it need not be taken apart.
    if (text.length > LONGEST_KEY) return parseKey(text) === undefined ? STRANGER : undefined;
    try {
      const key = findCached(digestOf(text));
      if (key) return identifyKnown(key, { clock, environments }, address);
      return key === null || parseKey(text) === undefined ? STRANGER : undefined;
    } catch {
      // The way of all others says what that means.
      return undefined;
    }
  };

  const begin = (req: IncomingMessage, { operation, scopes }: FastOperation, facts: Taken): Exchange => {
    const { peer, pathParams, identity, outcome } = facts;
    const requestId = newId("req", random);
    const known = { requestId, peer, operation, pathParams, identity, outcome, scopes };
    return beginExchange(req, { ...known, isLast: false, mayLeaveUnreadBody: false, cost: 0 });
  };

  /** What is not sure after all goes on with the others, from where it is. */
  const handOver = (ride: FastRequest) => {
    answers.settle(ride.res, ride);
    goOn(ride.req, ride.res);
  };

  /** The end of every promise here: it never throws, whatever the app around this one made of the response. */
  const fail = (ride: FastRequest, error: unknown) => {
    try {
      noteStoreFailure(ride.req, error);
      answers.settle(ride.res, ride);
      sendProblem(ride.req, ride.res, toProblem(error), { cause: error });
    } catch (cause) {
      log.error({ requestId: ride.exchange.requestId, err: cause }, "a failure cannot be answered");
      ride.res.destroy();
    }
  };

  const send = (ride: FastRequest, reply: AnyReply) => {
    const { res, compiled, lane } = ride;
    if (!isSendable(reply, compiled, lane)) {
      PREPARED_REPLIES.set(ride.req, reply);
      return handOver(ride);
    }
    const text = JSON.stringify(reply.body);
    const { status, etag, location } = reply;
    const headers = {
      ...(etag !== undefined && { ETag: etag }),
      ...(location !== undefined && { Location: location }),
      "Content-Type": "application/json; charset=utf-8",
      "Content-Length": Buffer.byteLength(text),
    };
    answers.send(res, ride, { status, headers, text });
  };

  const sendUnlessGone = (ride: FastRequest, reply: AnyReply) => {
    if (!isClientGone(ride.req, ride.res)) send(ride, reply);
  };

  const handle = (ride: FastRequest, body: unknown) => {
    const { lane, exchange, parameters, head, key } = ride;
    const { requestId, peer } = exchange;
    const { query, path } = parameters;
    try {
      const call = { requestId, address: peer.address, path, query, header: {}, body, accept: head.accept, key };
      exchange.mayHaveSideEffects = true;
      const reply = lane.handler(call as never);
      if (!isPromised(reply)) return send(ride, reply);
      // Not `instanceof Promise`: handlers of an app may come with promises of a library.
      const sent = async () => sendUnlessGone(ride, await reply);
      sent().catch((error) => fail(ride, error));
    } catch (error) {
      fail(ride, error);
    }
  };

  const takeBody = async (ride: FastRequest) => {
    const { req, res, exchange, compiled, lane, key } = ride;
    const read = await readWhole(req);
    if (isClientGone(req, res)) return;
    if (read.kind !== "read") {
      answers.settle(res, ride);
      return sendUnread(req, res, read.kind, sendProblem);
    }
    exchange.bodyBytes = read.bytes;
    const outcome = parseStrictJson(read.bytes);
    if (outcome.kind !== "parsed" || outcome.value === null || !compiled.isCompilableBody?.(outcome.value)) {
      return handOver(ride);
    }
    // Its last byte was read after the key was looked at, however soon it came: see `recheck`.
    if (!isStillAdmitted(key, exchange, lane)) return handOver(ride);
    handle(ride, outcome.value);
  };

  const isStillAdmitted = (key: ApiKey, exchange: Exchange, lane: FastOperation) => {
    try {
      const known = findCached(key.digest);
      if (known === undefined || known === null) return false;
      const identity = identifyKnown(known, { clock, environments }, exchange.peer.address);
      return authorize(identity, lane.scopes).kind === "admitted";
    } catch {
      return false;
    }
  };

  const goOnFrom = (ride: FastRequest) => {
    if (ride.lane.operation.body === undefined) handle(ride, undefined);
    else takeBody(ride).catch((error) => fail(ride, error));
  };

  const decide = (ride: FastRequest, charge: Charge, verdict: Verdict, now: number) => {
    const { req, res, exchange, key } = ride;
    // Nothing is given back to clients that hang up: see `isRefunded`.
    if (isClientGone(req, res)) return;
    ride.limits = limitHeaders(charge, verdict, now);
    if (!verdict.isAllowed) {
      exchange.cost = 0;
      const { problem, headers, members } = refusalOf(charge, verdict);
      const facts = { headers: { ...ride.limits, ...headers }, members, keyId: key.id };
      return refusals.sendProblem(req, res, problem, facts);
    }
    ride.verdict = verdict;
    goOnFrom(ride);
  };

  const limit = (ride: FastRequest) => {
    const { lane, exchange, key } = ride;
    const { operation } = lane;
    const now = clock.now();
    const rules = ruleBook.rulesOf(operation, key, now);
    exchange.cost = operation.cost;
    if (rules.limits.length === 0 && rules.quotas.length === 0) return goOnFrom(ride);
    const charge = chargeOf(rules, operation.cost, { key, address: exchange.peer.address });
    const verdict = limiter.take(charge);
    if (!(verdict instanceof Promise)) return decide(ride, charge, verdict, now);
    verdict.then((one) => decide(ride, charge, one, now)).catch((error) => fail(ride, error));
  };

  return (req, res) => {
    const { url = "", method = "" } = req;
    const head = readHead(req);
    if (head === undefined || isStopping()) return false;
    const at = url.indexOf("?");
    const found = find(method, at < 0 ? url : url.slice(0, at));
    if (found === undefined) return false;
    const { lane, pathParams } = found;
    if (head.carrier !== "" && head.carrier !== lane.carrier.name) return false;
    if (!hasOrdinaryBody(head, lane)) return false;
    const peer = peerOf(req);
    if (peer === undefined) return false;

    const identity = identify(head, peer);
    if (identity === undefined) return false;
    const outcome = authorize(identity, lane.scopes);
    if (outcome.kind !== "admitted") {
      // A key could be in the query too; and what of a body is on its way has to be thought of.
      if (at >= 0 || head.contentLength > 0) return false;
      if (identity === STRANGER && failedKeys.waitOf(peer.address) > 0 && isRejectedEarly(req, res)) return true;
      const exchange = begin(req, lane, { peer, pathParams, identity, outcome });
      logResponse({ req, res, exchange, log });
      meterResponse({ req, res, exchange, meter, clock });
      refusals.refuse(req, res, outcome);
      return true;
    }
    // Whoever uses a key that is about to end is told so by the others.
    if (outcome.key.successorId !== null) return false;
    const compiled = lane.compiled();
    const parameters = compiled?.readParameters(at < 0 ? "" : url.slice(at + 1), pathParams);
    if (compiled === undefined || parameters === undefined) return false;

    const exchange = begin(req, lane, { peer, pathParams, identity, outcome });
    const { key } = outcome;
    const ride: FastRequest = {
      req,
      res,
      lane,
      compiled,
      head,
      exchange,
      parameters,
      key,
      limits: NOTHING,
      verdict: undefined,
    };
    const whenClosed = () => {
      if (isRefunded(res, exchange)) ride.verdict?.giveBack();
    };
    logResponse({ req, res, exchange, log });
    meterResponse({ req, res, exchange, meter, clock, whenClosed });
    try {
      limit(ride);
    } catch (error) {
      fail(ride, error);
    }
    return true;
  };
}

function isPromised(reply: AnyReply | PromiseLike<AnyReply>): reply is PromiseLike<AnyReply> {
  return typeof (reply as PromiseLike<AnyReply> | undefined)?.then === "function";
}

type Taken = {
  readonly peer: Peer;
  readonly pathParams: Readonly<Record<string, string>>;
  readonly identity: Identity;
  readonly outcome: Outcome;
};

const NOBODY: Identity = { kind: "none" };
const STRANGER: Identity = { kind: "unknown" };

/** No key is longer; to make the digest of anything longer would be work for nothing. */
const LONGEST_KEY = 100;

const NOTHING: FastRequest["limits"] = {};

const JSON_TYPES: readonly (string | undefined)[] = [
  JSON_MEDIA_TYPE,
  `${JSON_MEDIA_TYPE}; charset=utf-8`,
  `${JSON_MEDIA_TYPE};charset=utf-8`,
  `${JSON_MEDIA_TYPE}; charset=UTF-8`,
  `${JSON_MEDIA_TYPE};charset=UTF-8`,
];

/** None where none belongs; one of JSON, whose length is known, where there must be one. */
function hasOrdinaryBody({ contentLength, contentType }: Head, { operation: { body } }: FastOperation): boolean {
  if (body === undefined) return contentLength === 0;
  const isReadable = contentLength > 0 && contentLength <= MAX_BODY_BYTES;
  return isReadable && JSON_TYPES.includes(contentType) && body.mediaTypes.includes(JSON_MEDIA_TYPE);
}

type Sendable = Extract<AnyReply, { readonly status: number }>;

function isSendable(
  reply: AnyReply,
  { isCompilableResponse }: Compiled,
  { operation }: FastOperation,
): reply is Sendable {
  if (!("status" in reply)) return false;
  const mediaType = reply.mediaType ?? operation.responses[reply.status];
  if (mediaType !== JSON_MEDIA_TYPE || reply.body === undefined) return false;
  return isCompilableResponse.get(reply.status)?.(reply.body) ?? false;
}
