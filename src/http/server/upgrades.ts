import { type IncomingMessage, type RequestListener, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { asksForWebSocket, noteUpgradable } from "../stages/upgrade/upgradable.ts";
import { hasEnded } from "./gentle-close.ts";
import type { UnparsedDeps } from "./unparsed-requests.ts";

/**
 * Which requests Node hands over together with their connection. Any other upgrade is ignored (RFC 9110 §7.8). With a
 * body, what follows the head would be ambiguous.
 */
export function isUpgrade(req: IncomingMessage): boolean {
  const { method, httpVersion, headers } = req;
  const hasBody = headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
  return method === "GET" && httpVersion === "1.1" && !hasBody && asksForWebSocket(req);
}

/**
 * Lets `app` decide about requests for a WebSocket as about any other request. Its response ends the connection, unless
 * it is 101: then the connection belongs to the one that sent it.
 */
export function listenForUpgrades(
  server: Server,
  app: RequestListener,
  { connections, pipelining }: Pick<UnparsedDeps, "connections" | "pipelining">,
) {
  server.on("upgrade", (req: IncomingMessage, socket: Socket, first: Buffer) => {
    // Node has removed its own listener, and an error without a listener ends the process.
    socket.on("error", () => socket.destroy());
    if (hasEnded(socket)) return;
    const res = new ServerResponse(req);
    const before = connections.beginResponse(socket, res);
    pipelining.runInTurn(socket, before, () => {
      // The response before it has started the time after which an idle connection is closed.
      socket.setTimeout(0);
      res.assignSocket(socket);
      res.on("finish", () => socket.destroySoon());
      noteUpgradable(req, { socket, first });
      app(req, res);
    });
  });
}
