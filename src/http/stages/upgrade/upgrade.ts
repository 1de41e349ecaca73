import { containsKey } from "../../../auth/other-credentials.ts";
import type { KeySchemes } from "../../../contract/model/schemes.ts";
import type { Admitted } from "../../message/exchange.ts";
import { headerLinesOf } from "../../message/message.ts";
import { problemReply, type Reply } from "../../reply/reply.ts";
import type { Stage } from "../stage.ts";
import { asksForWebSocket, upgradableOf } from "./upgradable.ts";

type UpgradeDeps = {
  readonly schemes: KeySchemes;
  /** The origins whose pages may call the API. */
  readonly origins: readonly string[];
};

/**
 * Refuses a request for a WebSocket where the contract declares none, and any other request where it declares one. An
 * upgrade to another protocol is ignored (RFC 9110 §7.8).
 */
export function upgrade(deps: UpgradeDeps): Stage<Admitted> {
  return {
    check: "message",
    run: (exchange) => {
      const { operation, head, req, forwardAuth } = exchange;
      // A proxy that asks passes the connection on itself, and may have removed its header.
      if (forwardAuth !== undefined) return undefined;
      if (operation.upgrade !== undefined) return handshakeProblem(exchange, deps);
      return head === undefined && asksForWebSocket(req) ? UNDECLARED : undefined;
    },
  };
}

/** What is wrong with the opening handshake of a client (RFC 6455 §4.2.1). */
function handshakeProblem({ req, message, operation }: Admitted, deps: UpgradeDeps): Reply | undefined {
  const [version, ...otherVersions] = headerLinesOf(message, "sec-websocket-version");
  const [key, ...otherKeys] = headerLinesOf(message, "sec-websocket-key");
  if (!asksForWebSocket(req)) return UPGRADE_REQUIRED;
  if (version !== VERSION || otherVersions.length > 0) return VERSION_UNSUPPORTED;
  if (key === undefined || otherKeys.length > 0 || !HANDSHAKE_KEY.test(key)) return HANDSHAKE_INVALID;
  if (headerLinesOf(message, "sec-websocket-protocol").some(containsKey)) return KEY_IN_PROTOCOL;
  if (operation.schemes.some((name) => deps.schemes[name]?.in === "cookie") && isFromOtherSite(req, deps.origins))
    return OTHER_SITE;
  return upgradableOf(req) === undefined ? UNAVAILABLE : undefined;
}

/**
 * A browser sends cookies with a WebSocket that a page of any site opens, and lets that page read it: no CORS applies
 * (RFC 6455 §10.2). It always sends the origin too.
 */
function isFromOtherSite({ headers: { origin, host } }: Admitted["req"], origins: readonly string[]): boolean {
  if (origin === undefined || origins.includes(origin)) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase();
}

const VERSION = "13";

/** 16 bytes in base64. */
const HANDSHAKE_KEY = /^[A-Za-z0-9+/]{22}==$/;

const UNDECLARED = problemReply({
  code: "upgrade-refused",
  detail: "This operation is not a WebSocket; send the request without the header Upgrade.",
});

const UNAVAILABLE = problemReply({
  code: "upgrade-refused",
  detail:
    "WebSockets cannot be opened here; send a GET request over HTTP/1.1 with Connection: Upgrade and without a body to the gateway itself.",
});

const HANDSHAKE_INVALID = problemReply({
  code: "upgrade-refused",
  detail: "The WebSocket handshake is not valid; send Sec-WebSocket-Key once, with 16 random bytes in base64.",
});

const OTHER_SITE = problemReply({
  code: "origin-refused",
  detail: "Pages of this origin may not open this WebSocket; ask the operator of this service to allow the origin.",
});

const KEY_IN_PROTOCOL = problemReply({
  code: "upgrade-refused",
  detail:
    "A key in Sec-WebSocket-Protocol is not accepted; send it where the contract says, and have this one replaced.",
});

/** RFC 9110 §15.5.22: the response names the protocol. */
const UPGRADE_REQUIRED = problemReply(
  { code: "upgrade-required", detail: "This operation is a WebSocket; open it with a WebSocket client." },
  { headers: { Upgrade: "websocket" } },
);

/** RFC 6455 §4.4: the response names the version. */
const VERSION_UNSUPPORTED = problemReply(
  { code: "upgrade-required", detail: "This version of WebSocket is not supported; use version 13." },
  { headers: { Upgrade: "websocket", "Sec-WebSocket-Version": VERSION } },
);
