import { createHash } from "node:crypto";
import type { ResponseHeaders } from "../connections/upstream-call.ts";

/** RFC 6455 §1.3. */
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * Whether an upstream has agreed to open a WebSocket (RFC 6455 §4.1). Without this check, a server that only repeats
 * headers could be led to read frames as requests.
 * @param key the Sec-WebSocket-Key that it was sent.
 */
export function isAccepted(status: number, headers: ResponseHeaders, key: string): boolean {
  const { upgrade, "sec-websocket-accept": accept } = headers;
  if (status !== 101 || typeof upgrade !== "string" || upgrade.toLowerCase() !== "websocket") return false;
  return accept === createHash("sha1").update(`${key}${ACCEPT_SUFFIX}`).digest("base64");
}
