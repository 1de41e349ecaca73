import type { IncomingMessage, ServerResponse } from "node:http";

/** Whether the client has disconnected. Checked after every wait: nothing more is done for its request then. */
export function isClientGone({ req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse }): boolean {
  // A pipelined response has no socket before its turn, and does not close with the connection. A request whose body was
  // streamed to an upstream has no socket any more.
  const socket: IncomingMessage["socket"] | null = res.socket ?? req.socket;
  return res.destroyed || socket?.destroyed === true;
}
