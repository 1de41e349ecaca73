import { connect, type Socket } from "node:net";

/** A connection for raw requests, which reports the statuses of their responses. */
export type RawConnection = {
  /** Sends `text` now. */
  readonly send: (text: string) => void;
  /** The statuses of the next `count` responses. @throws Error when the connection ends before. */
  readonly statuses: (count: number) => Promise<readonly number[]>;
  /** Opens another one to the same port. */
  readonly again: () => Promise<RawConnection>;
  readonly close: () => void;
};

export async function aRawConnection(port: number): Promise<RawConnection> {
  const socket: Socket = connect(port, "127.0.0.1");
  socket.setNoDelay().setEncoding("latin1");
  const found: number[] = [];
  let [rest, ended] = ["", false];
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
  return {
    send: (text) => void socket.write(text, "latin1"),
    statuses: (count) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (found.length >= count) resolve(found.splice(0, count));
          else if (ended) reject(new Error(`The connection ended after ${found.length} of ${count} responses.`));
        };
        look();
      }),
    again: () => aRawConnection(port),
    close: () => socket.destroy(),
  };
}
