import { toHeaderRecord } from "../../lib/http/header-list.ts";
import type { Received } from "../message/exchange.ts";
import { type ContentReply, type ProblemReply, type Reply, textReply } from "../reply/reply.ts";
import { PAGE_HEADERS } from "./page-headers.ts";

/** Replies to GET at one path that is not an operation of the contract. */
export type Page = (exchange: Received) => Reply | Promise<Reply>;

export function htmlPage(html: string): Page {
  const reply = pageReply("text/html; charset=utf-8", html);
  return () => reply;
}

/** A text with the headers that protect a page. @param type the whole Content-Type. */
export function pageReply(type: string, content: string): ContentReply {
  return { ...textReply(type, content, PAGE_HEADERS), isReplacing: true };
}

const PROTECTION = toHeaderRecord(PAGE_HEADERS);

/** A refusal in place of a page: browsers show it at the same address, so it has the same headers. */
export function refusedPage(refusal: ProblemReply): ProblemReply {
  return { ...refusal, headers: { ...PROTECTION, ...refusal.headers } };
}
