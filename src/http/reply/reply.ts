import type { ServerResponse } from "node:http";
import type { Problem } from "../../problem/problem.ts";
import type { Check } from "../../usage/decision.ts";

/** What a stage decides to respond. */
export type Reply = ProblemReply | ContentReply | DelegatedReply;

export type ProblemReply = {
  readonly kind: "problem";
  readonly problem: Problem;
  /** Further headers of the response, such as Allow. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the document (RFC 9457 §3.2). */
  readonly members?: Readonly<Record<string, string | readonly string[]>>;
  /** For the log only. */
  readonly cause?: unknown;
  readonly keyId?: string | undefined;
  /** What refused the request, where that is not the stage that replies. */
  readonly check?: Check | undefined;
};

export type ContentReply = {
  readonly kind: "content";
  readonly status: number;
  /** Name, value, name, value, …; Content-Length is added. */
  readonly headers: readonly string[];
  /**
   * Whether its headers, with names in lower case, replace common ones such as Cache-Control. There may be a
   * Content-Length among them.
   */
  readonly isReplacing?: true;
  readonly content: string | Uint8Array;
};

/** Something else writes the response: an upstream, the host app, or the pages of Swagger UI. */
export type DelegatedReply = {
  readonly kind: "delegated";
  /**
   * Writes the response, now or later. It never throws, and ends or destroys `res` in any case.
   * @param headers those that every response has: name, value, name, value, …
   */
  readonly respond: (res: ServerResponse, headers: readonly string[]) => void;
};

export function problemReply(problem: Problem, facts: Omit<ProblemReply, "kind" | "problem"> = {}): ProblemReply {
  return { kind: "problem", problem, ...facts };
}

/** A reply without content, such as 204. */
export function emptyReply(status: number, headers: readonly string[] = []): ContentReply {
  return { kind: "content", status, headers, content: "" };
}

/** @param type the whole Content-Type. */
export function textReply(type: string, content: string, headers: readonly string[] = []): ContentReply {
  return { kind: "content", status: 200, headers: [...headers, "Content-Type", type], content };
}
