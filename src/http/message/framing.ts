import type { Request } from "express";
import type { Problem } from "../../problem/problem.ts";

/** RFC 3986 §3.2.2 with an optional port; an http URI has a host (RFC 9110 §4.2.1). */
export const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|(?:[0-9A-Za-z\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+)(?::\d{0,5})?$/;

/** Fields that mean nothing, or two things, when they come twice (RFC 9110 §5.3). */
const SINGLE = ["content-type", "content-length", "transfer-encoding", "expect", "origin"];

/** What is wrong with the outside of a request, beyond what Node refuses by itself. */
export function framingError(req: Request): Problem | undefined {
  if (!["1.0", "1.1"].includes(req.httpVersion)) return malformed("Speak HTTP/1.1.");
  const hosts = req.headersDistinct["host"] ?? [];
  if (hosts.length > 1 || !(hosts.length === 0 ? req.httpVersion === "1.0" : HOST.test(hosts[0] ?? ""))) {
    return malformed("Send one Host header with the name of this service.");
  }
  const twice = SINGLE.find((name) => (req.headersDistinct[name] ?? []).length > 1);
  if (twice !== undefined) return malformed(`Send the header ${twice} once.`);
  return codingError(req) ?? expectationError(req);
}

function codingError({ headers, httpVersion }: Request): Problem | undefined {
  const coding = headers["transfer-encoding"];
  if (coding === undefined) return undefined;
  // RFC 9112 §6.1: such a message is faulty, and its end is anybody's guess.
  if (httpVersion === "1.0") return malformed("HTTP/1.0 knows no Transfer-Encoding; speak HTTP/1.1.");
  const codings = coding.toLowerCase().split(",");
  // RFC 9112 §6.3: without chunks at the end nobody knows where the message ends.
  if (codings.at(-1)?.trim() !== "chunked") return malformed("Let the Transfer-Encoding be chunked.");
  if (codings.length === 1) return undefined;
  return { code: "not-implemented", detail: "The only Transfer-Encoding that is understood is chunked." };
}

function expectationError({ headers: { expect } }: Request): Problem | undefined {
  if (expect === undefined || expect.toLowerCase() === "100-continue") return undefined;
  return { code: "expectation-failed", detail: "The only expectation that is understood is 100-continue." };
}

function malformed(detail: string): Problem {
  return { code: "request-malformed", detail };
}
