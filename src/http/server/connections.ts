import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createSideTable } from "../../lib/side-table.ts";

/** The open connections of a server, and the latest response on each. */
export type Connections = {
  /** Called with each request, in order. @returns the response before this one on the same connection. */
  readonly beginResponse: (socket: object, res: ServerResponse) => ServerResponse | undefined;
  readonly latestOn: (socket: object) => ServerResponse | undefined;
  /**
   * From now on the latest response on each connection says `Connection: close`, so that a client never has to guess
   * whether its next request still arrives. Of several pipelined requests, only the last response says it.
   */
  readonly announceClose: () => void;
  /** How many connections were accepted since the start. */
  readonly acceptedSoFar: () => number;
  /** How many requests arrived since the start. */
  readonly requestsSoFar: () => number;
  /** Destroys every connection. @returns how many unfinished requests that cut off. */
  readonly destroyAll: () => number;
};

const BY_SERVER = createSideTable<Connections>();

/** @param connectionEvent `connection`, or with TLS `secureConnection`: from then on requests can arrive. */
export function trackConnections(server: Server, connectionEvent: string): Connections {
  const responses = createLatestResponses();
  const sockets = openSockets(server, connectionEvent);
  // With TLS these are the sockets below it: a connection whose handshake is not done yet counts too.
  const transports = openSockets(server, "connection");
  let accepted = 0;
  server.on("connection", () => accepted++);

  const connections: Connections = {
    beginResponse: responses.begin,
    latestOn: responses.latestOn,
    announceClose: () => responses.announceClose(sockets),
    acceptedSoFar: () => accepted,
    requestsSoFar: responses.count,
    destroyAll: () => {
      const cutOff = [...sockets].filter((socket) => responses.latestOn(socket)?.closed === false).length;
      for (const socket of [...sockets, ...transports]) socket.destroy();
      return cutOff;
    },
  };
  BY_SERVER.set(server, connections);
  return connections;
}

/** @throws Error for a server that is not tracked. */
export function connectionsOf(server: Server): Connections {
  const connections = BY_SERVER.get(server);
  if (connections === undefined) throw new Error("This server was not made by createListener.");
  return connections;
}

function openSockets(server: Server, event: string): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on(event, (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

/** Remembers the latest response on each connection; once the end is announced, that one says `Connection: close`. */
function createLatestResponses() {
  const latest = createSideTable<ServerResponse>();
  let count = 0;
  let isEnding = false;
  return {
    begin: (socket: object, res: ServerResponse) => {
      count++;
      const before = latest.get(socket);
      latest.set(socket, res);
      if (isEnding) {
        if (before !== undefined && !before.headersSent) before.removeHeader("Connection");
        res.setHeader("Connection", "close");
      }
      return before;
    },
    latestOn: (socket: object) => latest.get(socket),
    announceClose: (sockets: Iterable<Socket>) => {
      isEnding = true;
      for (const socket of sockets) {
        const res = latest.get(socket);
        if (res !== undefined && !res.headersSent) res.setHeader("Connection", "close");
      }
    },
    count: () => count,
  };
}
