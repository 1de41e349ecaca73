import type { IncomingMessage } from "node:http";
import { containsKey, mayContainKey } from "../../../auth/other-credentials.ts";
import { foldHeaderName } from "../../../lib/http/fold-header-name.ts";
import { isMisspelledProxyHeader, isOverrideHeader } from "../../../lib/http/never-forwarded.ts";
import type { Problem } from "../../../problem/problem.ts";
import type { Matched } from "../../message/exchange.ts";
import { problemReply } from "../../reply/reply.ts";
import type { Stage } from "../stage.ts";

/**
 * What is wrong with the headers of a request that a proxy asks about. The gateway would drop such headers; a proxy
 * forwards them, because it overwrites only the names that it knows.
 */
export function forwardedHeadersError({ headers }: IncomingMessage): Problem | undefined {
  const named = (headers.connection ?? "").split(",").map((option) => option.trim().toLowerCase());
  if (!named.every((option) => CONNECTION_OPTIONS.has(option))) return CONNECTION_NAMES;
  const names = Object.keys(headers);
  if (names.some(isMisspelledProxyHeader)) return MISSPELLED;
  return names.some((name) => isOverrideHeader(foldHeaderName(name))) ? OVERRIDE_HEADER : undefined;
}

/** Refuses ambiguous header parameters and hidden keys in a request that a proxy asks about. It runs after `match`. */
export function forwardedParameters(): Stage<Matched> {
  return {
    check: "message",
    run: (exchange) => {
      if (exchange.forwardAuth === undefined) return undefined;
      const problem = parametersError(exchange) ?? credentialsError(exchange);
      return problem && problemReply(problem);
    },
  };
}

/** The allowed options: proxies drop every header that `Connection` names, even those that they set themselves. */
const CONNECTION_OPTIONS = new Set(["", "keep-alive", "close", "upgrade", "te", "http2-settings", "proxy-connection"]);

function parametersError({ req, operation }: Matched): Problem | undefined {
  const checked = operation.headerParameters.map((name) => name.toLowerCase());
  const folded = new Set(checked.map(foldHeaderName));
  const isOther = (name: string) => !checked.includes(name) && folded.has(foldHeaderName(name));
  if (Object.keys(req.headers).some(isOther)) return OTHER_SPELLING;
  // Of some headers Node keeps only the first line: that one would be checked, but all would be forwarded.
  const isCut = (name: string) => {
    const lines = req.headersDistinct[name] ?? [];
    return lines.length > 1 && req.headers[name] !== lines.join(", ");
  };
  return checked.some(isCut) ? SENT_TWICE : undefined;
}

/** Proxies cannot recognize, and so cannot remove, a key inside Basic credentials. */
function credentialsError({ req, operation }: Matched): Problem | undefined {
  const holdsKey = operation.isPassthrough ? containsKey : mayContainKey;
  const lines = req.headersDistinct["authorization"] ?? [];
  return lines.some((line) => /^\s*basic\b/i.test(line) && holdsKey(line)) ? KEY_IN_BASIC : undefined;
}

const CONNECTION_NAMES = {
  code: "request-malformed",
  detail: "The Connection header names headers that are not about the connection; remove them from it.",
} as const;

const MISSPELLED = {
  code: "request-malformed",
  detail:
    "Some servers would read a header of this request as X-Latchkey-* or X-Forwarded-*, such as X_Latchkey_Client; remove it.",
} as const;

const OVERRIDE_HEADER = {
  code: "request-malformed",
  detail:
    "A header of this request names another method or path, such as X-HTTP-Method-Override or X-Original-URL; remove it.",
} as const;

const OTHER_SPELLING = {
  code: "request-malformed",
  detail: "A header parameter is spelled differently than in the contract; use that spelling, and no other beside it.",
} as const;

const SENT_TWICE = {
  code: "request-malformed",
  detail: "A header parameter of this operation came more than once; send it once.",
} as const;

const KEY_IN_BASIC = {
  code: "request-malformed",
  detail: "The Basic credentials contain an API key; send the key in its own header or as Authorization: Bearer.",
} as const;
