import type { IncomingMessage } from "node:http";
import type { Problem } from "../../problem/problem.ts";

/** RFC 3986 §3.2.2 with an optional port; an http URI has a host (RFC 9110 §4.2.1). */
export const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|(?:[0-9A-Za-z\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+)(?::\d{0,5})?$/;

/** Headers that are invalid or ambiguous when they come twice (RFC 9110 §5.3). */
const SINGLE = ["content-type", "content-length", "transfer-encoding", "expect", "origin"];

/** What is wrong with the message around the content, beyond what Node's parser rejects. */
export function framingError(req: IncomingMessage): Problem | undefined {
  if (!["1.0", "1.1"].includes(req.httpVersion)) return malformed("This HTTP version is not supported; use HTTP/1.1.");
  const hosts = req.headersDistinct["host"] ?? [];
  if (hosts.length > 1 || !(hosts.length === 0 ? req.httpVersion === "1.0" : HOST.test(hosts[0] ?? ""))) {
    return malformed("The Host header is missing or invalid; send it once, with the host name of this service.");
  }
  const twice = SINGLE.find((name) => (req.headersDistinct[name] ?? []).length > 1);
  if (twice !== undefined) return malformed(`The header ${twice} came more than once; send it once.`);
  return codingError(req) ?? expectationError(req);
}

function codingError({ headers, httpVersion }: IncomingMessage): Problem | undefined {
  const coding = headers["transfer-encoding"];
  if (coding === undefined) return undefined;
  // RFC 9112 §6.1: the framing of such a message is faulty.
  if (httpVersion === "1.0") return malformed("HTTP/1.0 has no Transfer-Encoding; use HTTP/1.1.");
  const codings = coding.toLowerCase().split(",");
  // RFC 9112 §6.3: unless chunked comes last, the end of the message cannot be found.
  if (codings.at(-1)?.trim() !== "chunked")
    return malformed("The Transfer-Encoding does not end with chunked; send Transfer-Encoding: chunked.");
  if (codings.length === 1) return undefined;
  return {
    code: "not-implemented",
    detail: "This Transfer-Encoding is not supported; send Transfer-Encoding: chunked.",
  };
}

function expectationError({ headers: { expect } }: IncomingMessage): Problem | undefined {
  if (expect === undefined || expect.toLowerCase() === "100-continue") return undefined;
  return {
    code: "expectation-failed",
    detail: "This expectation is not supported; send Expect: 100-continue, or no Expect header.",
  };
}

function malformed(detail: string): Problem {
  return { code: "request-malformed", detail };
}
