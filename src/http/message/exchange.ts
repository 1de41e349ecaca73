import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Admission } from "../../auth/authorize-operation.ts";
import type { Identity } from "../../auth/identify.ts";
import type { Parameters } from "../../contract/judge/judge.ts";
import type { BodyReading } from "../../contract/model/bodies/operation-body.ts";
import type { Operation } from "../../contract/model/operations.ts";
import type { ApiKey } from "../../keys/key.ts";
import type { Verdict } from "../../limits/limiter.ts";
import type { Message } from "./message.ts";
import type { Peer } from "./peer.ts";
import type { Head } from "./read-head.ts";

/**
 * A request on its way through the pipeline. Each phase adds what its last stage found out, so the type of a stage says
 * where in the pipeline it may stand.
 */
export type Received = {
  /** Node's objects: to read the body, and to notice a client that disconnects. Handlers never get them. */
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  readonly peer: Peer;
  /** The head, if it is an ordinary one. */
  readonly head: Head | undefined;
  /** After `identify` it has no key any more. */
  readonly message: Message;
  /** Set in forward auth: a proxy asks whether it may forward the message, so it is not carried out here. */
  readonly forwardAuth: ForwardAuth | undefined;
  /** The headers of the reply that do not depend on its content: name, value, name, value, … */
  readonly headers: string[];
  /** Passes the request to the host app around this one; undefined where there is none. */
  readonly passToHostApp: (() => void) | undefined;
};

export type ForwardAuth = {
  /** nginx only understands 401 and 403. */
  readonly isFromNginx: boolean;
  /** Envoy removes the headers that the response names. */
  readonly isFromEnvoy: boolean;
};

/** After `match`. */
export type Matched = Received & {
  readonly operation: Operation;
  /** Other operations that the upstream may find in the path: the caller has to be admitted to them, too. */
  readonly rivals: readonly Operation[];
  /** Decoded. */
  readonly pathParams: Readonly<Record<string, string>>;
  /** As sent: those that were percent-encoded. */
  readonly encodedPathParams: Readonly<Record<string, string>> | undefined;
};

/** After `identify`. */
export type Identified = Matched & { readonly identity: Identity };

/** After `authorize`. */
export type Admitted = Identified & { readonly admission: Admission };

/** After `body`. */
export type BodyRead = Admitted & { readonly body: RequestBody };

/** After `validate`. */
export type Validated = BodyRead & {
  readonly parameters: Parameters;
  /** The body, converted; undefined without one, and for one that is streamed. */
  readonly input: unknown;
};

export type RequestBody =
  | { readonly kind: "none" }
  | {
      readonly kind: "read";
      /** Decoded. */
      readonly bytes: Buffer;
      /** One that the operation declares, as the contract writes it. */
      readonly mediaType: string;
      readonly reading: Exclude<BodyReading, "streamed">;
      /** Undefined: it could not be parsed, which was reported. */
      readonly value: unknown;
    }
  /** It is passed on as it arrives. */
  | {
      readonly kind: "streamed";
      /**
       * A form whose end comes only once all of it is valid; otherwise it fails with `BodyRefused`. Undefined: the request
       * itself, unchecked.
       */
      readonly source?: Readable;
    };

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** What some stages have to remember for the end of the request. */
type Outcomes = {
  /** The connection is closed after this response in any case. */
  isLast: boolean;
  /** A body may be left unread, so the connection has to end with the response; `body` clears this. */
  mayLeaveUnreadBody: boolean;
  /** The key of the caller, if it was issued here, whether or not it was admitted. */
  knownKey: ApiKey | undefined;
  /** The units that `limit` took from limits and quotas, and how to give them back. */
  cost: number;
  verdict: Verdict | undefined;
  /** Set when a handler or an upstream is called; false again if it certainly changed nothing. */
  mayHaveSideEffects: boolean;
  /** The code of the problem that was sent; empty for another reply. */
  code: string;
  /** The status of the problem, where the response has another one. */
  problemStatus: number | undefined;
};

/** All that is known about a request so far: for the runner, and for what is recorded at the end. */
export type Exchange = Received &
  Outcomes &
  Mutable<{ [Name in Exclude<keyof Validated, keyof Received>]: Validated[Name] | undefined }>;

type Beginning = Omit<Received, "forwardAuth" | "headers"> & { readonly isLast: boolean };

export function beginExchange(beginning: Beginning): Exchange {
  const { req, res, requestId, peer, head, message, passToHostApp, isLast } = beginning;
  return {
    req,
    res,
    requestId,
    peer,
    head,
    message,
    forwardAuth: undefined,
    headers: [],
    passToHostApp,
    operation: undefined,
    rivals: undefined,
    pathParams: undefined,
    encodedPathParams: undefined,
    identity: undefined,
    admission: undefined,
    body: undefined,
    parameters: undefined,
    input: undefined,
    isLast,
    mayLeaveUnreadBody: false,
    knownKey: undefined,
    cost: 0,
    verdict: undefined,
    mayHaveSideEffects: false,
    code: "",
    problemStatus: undefined,
  };
}

/** The rest of the exchange, for the stage that fills a part of it. Every phase is a view of one `Exchange`. */
export function recordOf(exchange: Received): Mutable<Exchange> {
  return exchange as Exchange;
}
