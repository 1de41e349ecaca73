import type { IncomingHttpHeaders } from "node:http";
import type { InvalidPart } from "../../problem/problem.ts";
import type { Operation } from "../model/operations.ts";

/** What a judge decides about: a request whose key is admitted, without that key. */
export type JudgedRequest = {
  readonly operation: Operation;
  /** Decoded. */
  readonly pathParams: Readonly<Record<string, string>>;
  /** As sent: those that were percent-encoded. */
  readonly encodedPathParams?: Readonly<Record<string, string>> | undefined;
  /** As sent, without the question mark. */
  readonly query: string;
  /** As Node joins them, names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Undefined without a body, and for one that is not judged: it is streamed, or it is not here (forward auth). */
  readonly body: JudgedBody | undefined;
};

export type JudgedBody = {
  /** One that the operation declares, as the contract writes it; it may be a range. */
  readonly mediaType: string;
  /** Parsed from JSON, or read from a form or a text. A judge adds defaults to it in place. */
  readonly value: unknown;
  /** Of JSON: its text in UTF-8, which may have numbers with more digits than `value` can hold. */
  readonly bytes?: Uint8Array;
};

/** The parameters of a valid request: decoded, converted to their types, with defaults. */
export type Parameters = {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** By the names that the contract gives them. */
  readonly header: Readonly<Record<string, unknown>>;
  /** Only from the compiled judge: the validator reads no cookies. */
  readonly cookie?: Readonly<Record<string, unknown>>;
};

export type Judgement =
  | {
      readonly kind: "valid";
      readonly parameters: Parameters;
      /** Converted, with defaults; undefined without a judged body. */
      readonly body: unknown;
    }
  | InvalidRequest;

export type InvalidRequest = {
  readonly kind: "invalid";
  /** What is wrong, as a sentence for the caller. */
  readonly detail: string;
  readonly parts: readonly [InvalidPart, ...InvalidPart[]];
};

/** A reply of a handler, before it is written. */
export type JudgedReply = {
  readonly operation: Operation;
  readonly status: number;
  readonly mediaType: string;
  readonly body: unknown;
};

/** What is sent of a reply. */
export type JudgedContent = { readonly body: unknown };

/** Decides whether requests, and the replies of handlers, are what the contract declares. */
export type Judge = {
  readonly judgeRequest: (request: JudgedRequest) => Judgement | Promise<Judgement>;
  /**
   * The body to send: without undeclared fields, which are removed from it in place.
   * @throws Error when the reply does not match the contract, which is a fault of the handler.
   */
  readonly judgeReply: (reply: JudgedReply) => JudgedContent | Promise<JudgedContent>;
};

/** The fast one of the two judges. It only ever says that something is valid; the validator judges everything else. */
export type CompiledJudge = {
  /** Undefined: invalid, or only the validator can tell. */
  readonly judgeRequest: (request: JudgedRequest) => Extract<Judgement, { readonly kind: "valid" }> | undefined;
  /** False: invalid, or only the validator can tell. */
  readonly isValidReply: (reply: JudgedReply) => boolean;
};
