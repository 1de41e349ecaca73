import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createSideTable } from "../../lib/side-table.ts";

/** The connections of a server, and the latest answer on each. */
export type LatestResponses = {
  /** Called with each request, in their order. @returns the answer before this one on the same connection. */
  readonly begin: (socket: object, res: ServerResponse) => ServerResponse | undefined;
  readonly of: (socket: object) => ServerResponse | undefined;
  /**
   * From now on the latest answer on each connection says `Connection: close`, so that a client never has to guess
   * whether its next request still arrives. Of several requests that wait in a pipeline, the last one.
   */
  readonly announceEnd: () => void;
  /** How many connections there have been so far. */
  readonly arrivals: () => number;
  /** How many requests there have been so far. */
  readonly requests: () => number;
  /** Closes every connection. @returns how many requests were cut off by that. */
  readonly cutOff: () => number;
};

const BY_SERVER = createSideTable<LatestResponses>();

export function watchResponses(server: Server, connectionEvent: string): LatestResponses {
  const latest = createSideTable<ServerResponse>();
  const sockets = new Set<Socket>();
  /** Below TLS: one whose handshake is not done counts too. */
  const transports = new Set<Socket>();
  let arrivals = 0;
  let requests = 0;
  let isEnding = false;

  server.on("connection", (socket: Socket) => {
    arrivals++;
    keepIn(transports, socket);
  });
  server.on(connectionEvent, (socket: Socket) => keepIn(sockets, socket));

  const answers: LatestResponses = {
    begin: (socket, res) => {
      requests++;
      const before = latest.get(socket);
      latest.set(socket, res);
      if (isEnding) {
        if (before !== undefined && !before.headersSent) before.removeHeader("Connection");
        res.setHeader("Connection", "close");
      }
      return before;
    },
    of: (socket) => latest.get(socket),
    announceEnd: () => {
      isEnding = true;
      for (const socket of sockets) {
        const res = latest.get(socket);
        if (res !== undefined && !res.headersSent) res.setHeader("Connection", "close");
      }
    },
    arrivals: () => arrivals,
    requests: () => requests,
    cutOff: () => {
      const isUnanswered = (socket: Socket) => latest.get(socket)?.closed === false;
      const requests = [...sockets].filter(isUnanswered).length;
      for (const socket of [...sockets, ...transports]) socket.destroy();
      return requests;
    },
  };
  BY_SERVER.set(server, answers);
  return answers;
}

/** @throws Error for a server that is not watched. */
export function latestResponsesOf(server: Server): LatestResponses {
  const answers = BY_SERVER.get(server);
  if (answers === undefined) throw new Error("This server was not made by createListener.");
  return answers;
}

function keepIn(sockets: Set<Socket>, socket: Socket) {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
}
