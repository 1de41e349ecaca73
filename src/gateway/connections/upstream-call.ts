import type { Duplex, Readable } from "node:stream";
import { type Dispatcher, errors, type Pool } from "undici";
import { BodyRefused } from "../../http/reply/body-refused.ts";
import type { Reply } from "../../http/reply/reply.ts";
import { systemTicks } from "../../lib/time/clock.ts";
import { KeyNotAdmitted, UploadTooSlow } from "../streamed-body.ts";
import type { ClientResponse, UpstreamFailure } from "../upstream-port.ts";
import { ArrivingBody } from "./arriving-body.ts";
import { wasClosedWhileIdle } from "./connector.ts";

/** The head of a response, unchecked, or why there is none. */
export type CallOutcome =
  | {
      readonly kind: "head";
      readonly status: number;
      /** By name in lower case. */
      readonly headers: ResponseHeaders;
      readonly body: ArrivingBody;
    }
  /** The protocol was changed: the connection is the caller's now. */
  | {
      readonly kind: "upgraded";
      readonly status: number;
      readonly headers: ResponseHeaders;
      readonly socket: Duplex;
    }
  | { readonly kind: "not-admitted" }
  | { readonly kind: "body-refused"; readonly reply: Reply }
  | UpstreamFailure;

/** By name in lower case; several lines of one name are a list. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

type CallParts = {
  readonly client: ClientResponse;
  /** Called once, when the connection to the upstream is not needed any more. */
  readonly release: () => void;
};

/** In milliseconds; 0: without a limit. */
export type CallTimeouts = { readonly headersTimeout: number; readonly bodyTimeout: number };

export type CallRequest = Pick<Dispatcher.DispatchOptions, "path" | "method"> &
  CallTimeouts & {
    /** The protocol that the connection is to change to. */
    readonly upgrade?: string;
    /** Name, value, name, value, … */
    readonly headers: string[];
    readonly body: Buffer | Readable | null;
  };

/** Sends a request. It is broken off when the client disconnects before the response has arrived completely. */
export function callUpstream(pool: Pool, request: CallRequest, parts: CallParts): CallOutcome | Promise<CallOutcome> {
  // It would not be told a second time.
  if (parts.client.destroyed) {
    parts.release();
    return failureOf(new ClientGone());
  }
  return new Promise((resolve) => {
    pool.dispatch(request, new UpstreamCall(pool, request, parts, resolve));
  });
}

/** Doing the same twice has the effect of doing it once (RFC 9110 §9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** One request to an upstream, from its dispatch to the end of the response. */
class UpstreamCall implements Dispatcher.DispatchHandler {
  readonly #pool: Pool;
  readonly #request: CallRequest;
  readonly #release: () => void;
  readonly #settle: (outcome: CallOutcome) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #body: ArrivingBody | undefined;
  #isOver = false;
  #isRetried = false;
  /** When the head of the response has to be here; interim responses do not put it off, as they do in undici. */
  #headDueAt = Number.POSITIVE_INFINITY;

  constructor(
    pool: Pool,
    request: CallRequest,
    { client, release }: CallParts,
    settle: (outcome: CallOutcome) => void,
  ) {
    this.#pool = pool;
    this.#request = request;
    this.#release = release;
    this.#settle = settle;
    // It stays after a good end, where it has nothing to do: that costs less than to remove it.
    client.on("close", () => this.#onDisconnect());
  }

  /** There is a connection; nothing is sent yet. */
  onRequestStart(controller: Dispatcher.DispatchController) {
    this.#controller = controller;
    const { headersTimeout } = this.#request;
    if (headersTimeout > 0) this.#headDueAt = systemTicks.now() + headersTimeout;
    if (this.#isOver) controller.abort(new ClientGone());
  }

  onRequestUpgrade(_: Dispatcher.DispatchController, status: number, headers: ResponseHeaders, socket: Duplex) {
    this.#end();
    this.#settle({ kind: "upgraded", status, headers, socket });
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders) {
    // Interim responses are not passed on.
    if (status < 200) {
      if (systemTicks.now() > this.#headDueAt) controller.abort(new errors.HeadersTimeoutError());
      return;
    }
    const body = new ArrivingBody(controller);
    this.#body = body;
    // The receiver runs after what has already arrived of the body was received.
    this.#settle({ kind: "head", status, headers, body });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer) {
    this.#body?.receive(chunk);
  }

  onResponseEnd() {
    this.#end();
    this.#body?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error) {
    if (this.#mayRetry(error)) this.#retry();
    else this.#fail(error);
  }

  /** Once, and only if the upstream may do it twice: it may have read the request before it closed the connection. */
  #mayRetry(error: Error): boolean {
    if (this.#isOver || this.#isRetried || this.#body !== undefined || !wasClosedWhileIdle(error)) return false;
    return IDEMPOTENT.has(this.#request.method) && !isUpload(this.#request.body);
  }

  #retry() {
    this.#isRetried = true;
    this.#controller = undefined;
    this.#pool.dispatch(this.#request, this);
  }

  #onDisconnect() {
    if (this.#isOver) return;
    const reason = new ClientGone();
    if (this.#controller === undefined) this.#fail(reason);
    else this.#controller.abort(reason);
  }

  #fail(error: Error) {
    this.#end();
    const { body } = this.#request;
    if (isUpload(body)) body.destroy();
    if (this.#body === undefined) this.#settle(failureOf(error));
    else this.#body.fail(error);
  }

  #end() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#release();
  }
}

function isUpload(body: CallRequest["body"]): body is Readable {
  return body !== null && !Buffer.isBuffer(body);
}

/** Why a call was broken off: its client has disconnected. */
export class ClientGone extends Error {
  constructor() {
    super("The client has disconnected.");
  }
}

/**
 * System calls made before a connection exists. On an open connection the same error codes come after bytes were sent.
 */
const CONNECT_CALLS = ["connect", "getaddrinfo"];

function failureOf(cause: Error): CallOutcome {
  if (cause instanceof BodyRefused) return { kind: "body-refused", reply: cause.reply };
  return cause instanceof KeyNotAdmitted ? { kind: "not-admitted" } : { kind: kindOf(cause), cause };
}

function kindOf(cause: Error): Exclude<UpstreamFailure["kind"], "busy"> {
  if (cause instanceof UploadTooSlow) return "slow-body";
  if (cause instanceof errors.HeadersTimeoutError || cause instanceof errors.BodyTimeoutError) return "timeout";
  if (cause instanceof errors.ConnectTimeoutError) return "unreachable";
  // Node tries every address of a name, and collects the errors.
  const failures = cause instanceof AggregateError ? cause.errors : [cause];
  const isNeverReached = failures.every((one: NodeJS.ErrnoException) => CONNECT_CALLS.includes(one.syscall ?? ""));
  return isNeverReached && failures.length > 0 ? "unreachable" : "broken";
}
