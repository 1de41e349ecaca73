import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { RateLimitedLog } from "../../lib/log/rate-limited-log.ts";
import { createSideTable } from "../../lib/side-table.ts";

/** With more requests waiting than this, a connection is not read; with so few, it is read again. */
const MOST_WAITING = 16;
const READ_AGAIN_AT = 8;

/**
 * On all connections together. What one read has delivered is parsed whole, up to 64 KiB, so that many connections could
 * hold far more than `MOST_WAITING` each; a waiting request takes some 6 KB.
 */
const MOST_WAITING_IN_ALL = 10_000;

const LOOK_EVERY_MS = 1_000;

export type Pipelining = {
  /**
   * Does `job` when the response before it on this connection is out: at once where there is none, and never where the
   * connection is gone by then.
   */
  readonly inTurn: (socket: Socket, before: ServerResponse | undefined, job: () => void) => void;
  /** Is the connection not read at present, because its client has sent more requests than are answered? */
  readonly isHeld: (socket: object) => boolean;
  /** Does `job` once a held connection is read again. */
  readonly whenRead: (socket: object, job: () => void) => void;
};

type Waiting = {
  count: number;
  isHeld: boolean;
  looks: NodeJS.Timeout | undefined;
  whenRead: (() => void) | undefined;
};

/**
 * Pipelined requests (RFC 9112 §9.3.2) are carried out one after the other. Node parses all that arrive in the meantime and keeps
 * them in memory, so a connection on which more than a few wait is not read until some of them are answered; then the
 * client has to wait with sending.
 */
export function createPipelining(log: RateLimitedLog, mostInAll = MOST_WAITING_IN_ALL): Pipelining {
  const beside = createSideTable<Waiting>();
  let inAll = 0;

  const letGo = (waiting: Waiting) => {
    waiting.isHeld = false;
    clearInterval(waiting.looks);
  };

  const forget = (waiting: Waiting) => {
    inAll -= waiting.count;
    waiting.count = 0;
    letGo(waiting);
  };

  const waitingOn = (socket: Socket): Waiting => {
    const known = beside.get(socket);
    if (known !== undefined) return known;
    const waiting: Waiting = { count: 0, isHeld: false, looks: undefined, whenRead: undefined };
    beside.set(socket, waiting);
    // Node resumes a connection for each request whose body was not read.
    socket.on("resume", () => waiting.isHeld && socket.pause());
    socket.once("close", () => forget(waiting));
    return waiting;
  };

  const hold = (socket: Socket, waiting: Waiting) => {
    waiting.isHeld = true;
    socket.pause();
    // Nothing is read, so a client that resets the connection would go unnoticed until an answer is sent; a write of
    // nothing fails at once then. Not over TLS, where nothing is no record.
    waiting.looks = setInterval(() => socket.writable && socket.write(""), LOOK_EVERY_MS).unref();
  };

  const add = (socket: Socket, waiting: Waiting) => {
    waiting.count++;
    inAll++;
    if (waiting.count <= MOST_WAITING) return;
    if (!waiting.isHeld) hold(socket, waiting);
    if (inAll <= mostInAll) return;
    forget(waiting);
    // Nothing has been done yet for those that wait, so the client may send them again (RFC 9112 §9.3.2).
    socket.destroy();
    log.warn({ address: socket.remoteAddress, limit: mostInAll }, "too many waiting requests");
  };

  const remove = (socket: Socket, waiting: Waiting) => {
    waiting.count--;
    inAll--;
    if (!waiting.isHeld || waiting.count > READ_AGAIN_AT) return;
    letGo(waiting);
    socket.resume();
    waiting.whenRead?.();
    waiting.whenRead = undefined;
  };

  return {
    inTurn: (socket, before, job) => {
      if (socket.destroyed) return;
      if (before === undefined || before.closed) return job();
      const waiting = waitingOn(socket);
      add(socket, waiting);
      before.once("close", () => {
        if (socket.destroyed) return;
        remove(socket, waiting);
        job();
      });
    },
    isHeld: (socket) => beside.get(socket)?.isHeld ?? false,
    whenRead: (socket, job) => {
      const waiting = beside.get(socket);
      if (waiting !== undefined) waiting.whenRead = job;
    },
  };
}
