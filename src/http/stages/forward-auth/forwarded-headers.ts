import type { Request } from "express";
import { containsKey, mayContainKey } from "../../../auth/other-credentials.ts";
import { foldHeaderName } from "../../../lib/http/fold-header-name.ts";
import { isMisspelledProxyHeader, isOverrideHeader } from "../../../lib/http/never-forwarded.ts";
import type { Problem } from "../../../problem/problem.ts";
import { operationOf } from "../../message/exchange.ts";
import type { SendProblem } from "../../reply/send-problem.ts";
import type { Stage } from "../../stage.ts";

/**
 * What is wrong with the headers of a request that a proxy asks about. The gateway leaves such headers out; a proxy passes them
 * on as they came, for it overwrites only the names that it knows.
 */
export function forwardedHeadersError({ headers }: Request): Problem | undefined {
  const named = (headers.connection ?? "").split(",").map((option) => option.trim().toLowerCase());
  if (!named.every((option) => CONNECTION_OPTIONS.has(option))) return CONNECTION_NAMES;
  const names = Object.keys(headers);
  if (names.some(isMisspelledProxyHeader)) return MISSPELT;
  return names.some((name) => isOverrideHeader(foldHeaderName(name))) ? OBEYED : undefined;
}

/** The step behind `match`: the same about what the matched operation reads. */
export function forwardedParameters(sendProblem: SendProblem): Stage {
  return (req, res, next) => {
    const violation = parametersError(req) ?? credentialsError(req);
    if (violation) sendProblem(req, res, violation);
    else next();
  };
}

/** Proxies drop what `Connection` names, even what they have written themselves: these alone belong there. */
const CONNECTION_OPTIONS = new Set(["", "keep-alive", "close", "upgrade", "te", "http2-settings", "proxy-connection"]);

function parametersError(req: Request): Problem | undefined {
  const checked = operationOf(req).headerParameters.map((name) => name.toLowerCase());
  const folded = new Set(checked.map(foldHeaderName));
  const isOther = (name: string) => !checked.includes(name) && folded.has(foldHeaderName(name));
  if (Object.keys(req.headers).some(isOther)) return OTHER_SPELLING;
  // Of some headers Node keeps the first line alone: then that one is checked, and all go on.
  const isCut = (name: string) => {
    const lines = req.headersDistinct[name] ?? [];
    return lines.length > 1 && req.headers[name] !== lines.join(", ");
  };
  return checked.some(isCut) ? SENT_TWICE : undefined;
}

/** Proxies see a key in plain text alone. */
function credentialsError(req: Request): Problem | undefined {
  const isOurs = operationOf(req).isPassedOn ? containsKey : mayContainKey;
  const lines = req.headersDistinct["authorization"] ?? [];
  return lines.some((line) => /^\s*basic\b/i.test(line) && isOurs(line)) ? KEY_IN_BASIC : undefined;
}

const CONNECTION_NAMES = {
  code: "request-malformed",
  detail: "Name no header in Connection that is not about the connection.",
} as const;

const MISSPELT = {
  code: "request-malformed",
  detail:
    "Spell no header in a way that some servers read as X-Latchkey-… or X-Forwarded-…, such as X_Latchkey_Client.",
} as const;

const OBEYED = {
  code: "request-malformed",
  detail: "Send no header that names another method or path, such as X-HTTP-Method-Override or X-Original-URL.",
} as const;

const OTHER_SPELLING = {
  code: "request-malformed",
  detail: "Spell the header parameters of this operation as the contract does, and in no second way beside it.",
} as const;

const SENT_TWICE = {
  code: "request-malformed",
  detail: "Send each header parameter of this operation once.",
} as const;

const KEY_IN_BASIC = {
  code: "request-malformed",
  detail: "Send the key in its own header or as Authorization: Bearer, not inside of Basic credentials.",
} as const;
