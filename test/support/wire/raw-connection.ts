import { connect, type Socket } from "node:net";

/** A connection for raw requests, which reports the statuses of their responses. */
export type RawConnection = {
  /** Sends `text` now. */
  readonly send: (text: string) => void;
  /**
   * The statuses of the next `count` responses.
   * @throws NotServed, or another Error when the connection ends before.
   */
  readonly statuses: (count: number) => Promise<readonly number[]>;
  /** Opens another one to the same port. */
  readonly again: () => Promise<RawConnection>;
  readonly close: () => void;
};

/**
 * The service closed a connection that had been idle for long, or it waited too long for the rest of a request (408).
 * Both happen to a slow client, which may send its requests again (RFC 9112 §9.3.1, RFC 9110 §15.5.9).
 */
class NotServed extends Error {}

export async function aRawConnection(port: number): Promise<RawConnection> {
  const socket: Socket = connect(port, "127.0.0.1");
  socket.setNoDelay().setEncoding("latin1");
  const found: number[] = [];
  let [rest, ended, served] = ["", false, 0];
  let look = () => {};
  socket.on("data", (chunk: string) => {
    rest += chunk;
    for (const [line, status] of rest.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
      found.push(Number(status));
      rest = rest.slice(rest.indexOf(line) + line.length);
    }
    // The rest may be the beginning of a status line.
    rest = rest.slice(-13);
    look();
  });
  const end = () => {
    ended = true;
    look();
  };
  socket.on("close", end).on("error", end);
  await new Promise<void>((resolve) => socket.once("connect", resolve).once("close", resolve));

  const toError = (count: number) => {
    const message = `The connection ended after ${found.length} of ${count} responses.`;
    const wasIdle = found.length === 0 && served > 0;
    return wasIdle || found.includes(408) ? new NotServed(message) : new Error(message);
  };
  return {
    send: (text) => void socket.write(text, "latin1"),
    statuses: (count) =>
      new Promise((resolve, reject) => {
        look = () => {
          const isComplete = found.length >= count && !found.includes(408);
          if (isComplete) served += count;
          if (isComplete) resolve(found.splice(0, count));
          else if (ended) reject(toError(count));
        };
        look();
      }),
    again: () => aRawConnection(port),
    close: () => socket.destroy(),
  };
}

/** A connection that is used for many rounds of requests, with pauses in between. */
export type KeptConnection = {
  /** Runs `send`; if the service did not serve it, once more on a new connection. It must decide everything again. */
  readonly round: <T>(send: (line: RawConnection) => Promise<T>) => Promise<T>;
  readonly close: () => void;
};

export async function aKeptConnection(port: number): Promise<KeptConnection> {
  let line = await aRawConnection(port);
  let isClosed = false;
  return {
    round: async (send) => {
      try {
        return await send(line);
      } catch (error) {
        if (isClosed || !(error instanceof NotServed)) throw error;
        line.close();
        line = await line.again();
        return send(line);
      }
    },
    close: () => {
      isClosed = true;
      line.close();
    },
  };
}
