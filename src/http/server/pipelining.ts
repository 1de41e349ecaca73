import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { RateLimitedLog } from "../../lib/log/rate-limited-log.ts";
import { createSideTable } from "../../lib/side-table.ts";
import { hasEnded } from "./gentle-close.ts";

/** A connection on which more requests than this wait is paused; it is resumed when no more than `RESUME_AT` wait. */
const MAX_WAITING = 16;
const RESUME_AT = 8;

/**
 * On all connections together. One read delivers up to 64 KiB, of which Node parses every request, so many connections
 * could each hold far more than `MAX_WAITING`; a waiting request takes some 6 KB.
 */
const MAX_WAITING_IN_ALL = 10_000;

const PROBE_EVERY_MS = 1_000;

export type Pipelining = {
  /**
   * Runs `job` once the response before it on this connection is out: at once where there is none, and never if the
   * connection closes or ends first. If that response ends the connection, no later request is run.
   */
  readonly runInTurn: (socket: Socket, before: ServerResponse | undefined, job: () => void) => void;
  /** Whether the connection is not read at present, because too many of its requests wait. */
  readonly isPaused: (socket: object) => boolean;
  /** Runs `job` once a paused connection is read again. */
  readonly whenResumed: (socket: object, job: () => void) => void;
};

/**
 * Runs pipelined requests (RFC 9112 §9.3.2) one after the other. Node parses all that arrive and keeps them in memory,
 * so a connection on which too many wait is paused until some have their response; then its client has to wait too.
 */
export function createPipelining(log: RateLimitedLog, mostInAll = MAX_WAITING_IN_ALL): Pipelining {
  const queues = createSideTable<Queue>();
  const total: Total = { waiting: 0, most: mostInAll, log };

  const queueOf = (socket: Socket): Queue => {
    const queue = queues.get(socket) ?? createQueue(socket, total);
    queues.set(socket, queue);
    return queue;
  };

  return {
    runInTurn: (socket, before, job) => {
      if (socket.destroyed) return;
      // After a response that ended the connection, nothing more is carried out (RFC 9112 §9.6).
      const run = () => void (hasEnded(socket) || job());
      if (before === undefined || before.closed) return run();
      const queue = queueOf(socket);
      queue.add();
      before.once("close", () => {
        if (socket.destroyed) return;
        queue.remove();
        run();
      });
    },
    isPaused: (socket) => queues.get(socket)?.reading.isPaused() ?? false,
    whenResumed: (socket, job) => queues.get(socket)?.reading.whenResumed(job),
  };
}

/** What all connections share. */
type Total = { waiting: number; readonly most: number; readonly log: RateLimitedLog };

type Queue = ReturnType<typeof createQueue>;

/** Counts the requests that wait on one connection, and pauses it when there are too many. */
function createQueue(socket: Socket, total: Total) {
  const reading = createReading(socket);
  let waiting = 0;

  const clear = () => {
    total.waiting -= waiting;
    waiting = 0;
    reading.stop();
  };
  socket.once("close", clear);

  return {
    reading,
    add: () => {
      waiting++;
      total.waiting++;
      if (waiting <= MAX_WAITING) return;
      reading.pause();
      if (total.waiting <= total.most) return;
      clear();
      // None of the waiting requests has been started, so the client may send them again (RFC 9112 §9.3.2).
      socket.destroy();
      total.log.warn({ address: socket.remoteAddress, limit: total.most }, "too many waiting requests");
    },
    remove: () => {
      waiting--;
      total.waiting--;
      if (waiting <= RESUME_AT) reading.resume();
    },
  };
}

/** Pauses and resumes the reading of a connection, also against Node's own attempts to resume it. */
function createReading(socket: Socket) {
  let isPaused = false;
  let probe: NodeJS.Timeout | undefined;
  let resumed: (() => void) | undefined;
  // Node resumes a connection after each request whose body was not read.
  socket.on("resume", () => isPaused && socket.pause());

  const stop = () => {
    isPaused = false;
    clearInterval(probe);
  };

  return {
    isPaused: () => isPaused,
    pause: () => {
      if (isPaused) return;
      isPaused = true;
      socket.pause();
      // While nothing is read, a reset by the client goes unnoticed; an empty write then fails at once. Over TLS an
      // empty write sends nothing, and so finds out nothing.
      probe = setInterval(() => socket.writable && socket.write(""), PROBE_EVERY_MS).unref();
    },
    resume: () => {
      if (!isPaused) return;
      stop();
      socket.resume();
      resumed?.();
      resumed = undefined;
    },
    /** Ends the pause without reading on: the connection is closing. */
    stop,
    whenResumed: (job: () => void) => {
      resumed = job;
    },
  };
}
