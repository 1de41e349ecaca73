import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Connections } from "./connections.ts";

const CHECK_EVERY_MS = 1_000;

/** How many checks the rest of a body may take after the response to its request. */
const MOST_CHECKS = 10;

/**
 * Closes connections whose client goes on sending a body for long after its response. The rest has to be discarded before
 * the next request, and a client that sends a byte a second would hold the connection for as long as a body may take.
 */
export function dropSlowRests(server: Server, connectionEvent: string, connections: Pick<Connections, "latestOn">) {
  const rests = createRestWatch(connections);
  server.on(connectionEvent, rests.watch);
  const timer = setInterval(rests.check, CHECK_EVERY_MS).unref();
  server.once("close", () => clearInterval(timer));
}

export function createRestWatch({ latestOn }: Pick<Connections, "latestOn">) {
  /** How many checks in a row have found a rest. */
  const sockets = new Map<Socket, number>();

  const hasRest = (socket: Socket) => {
    const res = latestOn(socket);
    return res?.writableFinished === true && !res.req.complete;
  };

  return {
    watch: (socket: Socket) => {
      sockets.set(socket, 0);
      socket.once("close", () => sockets.delete(socket));
    },
    /** Looks at every connection once. */
    check: () => {
      for (const [socket, before] of sockets) {
        const checks = hasRest(socket) ? before + 1 : 0;
        if (checks !== before) sockets.set(socket, checks);
        if (checks === MOST_CHECKS) socket.destroySoon();
      }
    },
  };
}
