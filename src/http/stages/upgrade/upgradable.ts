import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { createSideTable } from "../../../lib/side-table.ts";

/** A connection whose client wants to change its protocol. Node does not read it any more. */
export type Upgradable = {
  readonly socket: Duplex;
  /** What came behind the head of the request. */
  readonly first: Buffer;
};

const UPGRADABLE = createSideTable<Upgradable>();

export function noteUpgradable(req: IncomingMessage, upgradable: Upgradable) {
  UPGRADABLE.set(req, upgradable);
}

/** Undefined where the server does not let its connections change their protocol. */
export function upgradableOf(req: IncomingMessage): Upgradable | undefined {
  return UPGRADABLE.get(req);
}

/** Whether the request asks for a WebSocket: the names of protocols differ only in their letters' case (RFC 6455 §4.2.1). */
export function asksForWebSocket({ headers: { upgrade } }: Pick<IncomingMessage, "headers">): boolean {
  return upgrade?.split(",").some((protocol) => protocol.trim().toLowerCase() === "websocket") ?? false;
}
