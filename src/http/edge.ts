import type { RequestHandler } from "express";
import { newId } from "../keys/generate.ts";
import type { RandomBytes } from "../lib/random.ts";
import { beginExchange } from "./exchange.ts";
import type { SendProblem } from "./send-problem.ts";

export type EdgeDeps = {
  readonly random: RandomBytes;
  readonly sendProblem: SendProblem;
  /** The process is about to end: clients are told not to reuse their connection. */
  readonly isStopping: () => boolean;
};

/** Headers of every answer, pages too; whoever knows better overwrites them. */
const SAFE_HEADERS = {
  // Caches spare only answers to requests with Authorization by themselves (RFC 9111 §3.5), not with x-api-key.
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  // An operation may take its key in the URL; no other site shall learn that URL.
  "Referrer-Policy": "no-referrer",
};

/** The first step: an id, safe headers, one spelling for the target, and HEAD read as GET. */
export function edge({ random, sendProblem, isStopping }: EdgeDeps): RequestHandler {
  return (req, res, next) => {
    const { requestId } = beginExchange(req, newId("req", random));
    res.set({ ...SAFE_HEADERS, "X-Request-Id": requestId });
    if (isStopping()) res.set("Connection", "close");

    const target = toOriginForm(req.url);
    if (target === undefined) {
      sendProblem(req, res, {
        code: "target-invalid",
        detail: "Send a path that begins with a slash, without a fragment.",
      });
      return;
    }
    req.url = target;
    req.originalUrl = target;
    // Node leaves the body of an answer to HEAD out by itself; it looked at the method before us (RFC 9110 §9.3.2).
    if (req.method === "HEAD") req.method = "GET";
    next();
  };
}

/** `http://host/path?query` means the same as `/path?query` (RFC 9112 §3.2.2); undefined when it is no target for us. */
function toOriginForm(target: string): string | undefined {
  if (target.includes("#")) return undefined;
  if (target.startsWith("/") || target === "*") return target;
  const [, path] = /^https?:\/\/[^/?#]+(.*)$/i.exec(target) ?? [];
  return path === undefined || path.startsWith("/") ? path : `/${path}`;
}
