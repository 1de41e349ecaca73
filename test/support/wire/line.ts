import { connect, type Socket } from "node:net";

/** A connection on which raw requests are sent, and the statuses of their answers are waited for. */
export type Line = {
  /** Sends `text` now. */
  readonly send: (text: string) => void;
  /** The statuses of the next `count` answers. @throws Error when the connection ends before. */
  readonly statuses: (count: number) => Promise<readonly number[]>;
  /** Another one to the same port. */
  readonly again: () => Promise<Line>;
  readonly close: () => void;
};

export async function aLine(port: number): Promise<Line> {
  const socket: Socket = connect(port, "127.0.0.1");
  socket.setNoDelay().setEncoding("latin1");
  const found: number[] = [];
  let [rest, ended] = ["", false];
  let look = () => {};
  socket.on("data", (piece: string) => {
    rest += piece;
    for (const [line, status] of rest.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
      found.push(Number(status));
      rest = rest.slice(rest.indexOf(line) + line.length);
    }
    // What is left may be the beginning of a status line.
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
          else if (ended) reject(new Error(`The connection ended after ${found.length} of ${count} answers.`));
        };
        look();
      }),
    again: () => aLine(port),
    close: () => socket.destroy(),
  };
}
