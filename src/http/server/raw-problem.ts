import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { RateLimitedLog } from "../../lib/log/rate-limited-log.ts";
import { toHttpDate } from "../../lib/time/clock.ts";
import { PROBLEMS, type ProblemCode } from "../../problem/catalog.ts";
import { type EarlyProblemDeps, toEarlyProblem } from "./early-problem.ts";
import { closeGently } from "./gentle-close.ts";

export type RawProblemDeps = EarlyProblemDeps & { readonly rateLimitedLog: RateLimitedLog; readonly isTls: boolean };

/** Writes a problem to a connection for which Node has created no request and no response, then closes it. */
export function sendRawProblem(socket: Socket, code: ProblemCode, deps: RawProblemDeps) {
  const { about } = PROBLEMS[code];
  const { requestId, status, headers, text } = toEarlyProblem({ code, detail: about }, { isTls: deps.isTls }, deps);
  const address = socket.remoteAddress;
  deps.rateLimitedLog.info({ requestId, address, status, code }, code);
  const all = { ...headers, Date: toHttpDate(deps.clock.now()), Connection: "close" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  closeGently(socket, [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", text].join("\r\n"));
}
