import { type IncomingMessage, ServerResponse, STATUS_CODES } from "node:http";
import { systemClock, toHttpDate } from "../../../lib/time/clock.ts";
import { headerLines } from "./header-lines.ts";

/** How long the servers of this service keep an idle connection open, as they promise it to clients. */
export const KEEP_ALIVE_SECONDS = 5;

/**
 * The responses of the servers of this service. They write an ordinary head in a tenth of Node's time, which builds it
 * from scratch: most of its lines are the same as in the response before.
 */
export class OwnResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  /** Node's own field for a head that is not sent yet; null until there is one. */
  declare _header: string | null;

  /** @returns false if nothing is written, because Node has to write this head: see `isOrdinary`. */
  writeOrdinaryHead(status: number, headers: readonly string[]): boolean {
    if (!isOrdinary(this, status)) return false;
    const lines = headerLines(headers);
    if (lines === undefined) return false;
    this.statusCode = status;
    this.statusMessage = STATUS_CODES[status] ?? "unknown";
    this._header = `HTTP/1.1 ${status} ${this.statusMessage}\r\n${lines}${lastLines()}`;
    return true;
  }
}

/** Writes the head of a response. @param headers name, value, name, value, … */
export function writeRawHead(res: ServerResponse, status: number, headers: readonly string[]) {
  if (res instanceof OwnResponse && res.writeOrdinaryHead(status, headers)) return;
  res.writeHead(status, [...headers]);
}

/** Does nothing but the status and the list of headers decide about the head? The connection stays open. */
function isOrdinary(res: OwnResponse, status: number): boolean {
  const isUntouched = res._header === null && res.sendDate && !res.statusMessage && res.getHeaderNames().length === 0;
  return isUntouched && res.shouldKeepAlive && status >= 200 && status !== 204 && status !== 304;
}

let latest = { second: 0, lines: "" };

/** The lines that Node adds to a head, and its end. */
function lastLines(): string {
  const now = systemClock.now();
  const second = Math.floor(now / 1000);
  if (second !== latest.second) {
    const date = `Date: ${toHttpDate(now)}\r\n`;
    const connection = `Connection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_SECONDS}\r\n`;
    latest = { second, lines: `${date}${connection}\r\n` };
  }
  return latest.lines;
}
