type ProblemKind = {
  /** The HTTP status of the response. */
  readonly status: number;
  /** The same text for every occurrence (RFC 9457 §3.1.3). */
  readonly title: string;
  /** For the page under `/problems/`: what it means and how to fix it. */
  readonly about: string;
};

/** Every problem that this service can respond with, by its code. Codes are stable and never reused. */
export const PROBLEMS = {
  "request-invalid": {
    status: 400,
    title: "The request does not match the contract",
    about: "A parameter or the body does not match the contract. `errors` lists each invalid part and the reason.",
  },
  "body-malformed": {
    status: 400,
    title: "The request body cannot be parsed",
    about: "The body is not valid JSON, or it ended early. Compare what your client sends with the documentation.",
  },
  "request-malformed": {
    status: 400,
    title: "Malformed HTTP request",
    about:
      "The message breaks a rule of HTTP/1.1 (RFC 9112): its framing, its Host header, or a header that may appear only once.",
  },
  "target-invalid": {
    status: 400,
    title: "Invalid request target",
    about:
      "The path contains a fragment (#…), a backslash or a broken percent-encoding, does not start with a slash, or has a parameter that programs could read as another path.",
  },
  "key-ambiguous": {
    status: 400,
    title: "More than one API key sent",
    about:
      "Send one key, once: in x-api-key or as Authorization: Bearer. With two different keys it is not clear who is calling.",
  },
  "key-in-query": {
    status: 400,
    title: "API key not allowed in the URL",
    about:
      "URLs end up in browser histories, proxies and logs. Send the key in the header x-api-key, and consider the key you sent as leaked.",
  },
  "key-missing": {
    status: 401,
    title: "API key missing",
    about:
      "Send your key in the header x-api-key, or as Authorization: Bearer <key>. The operator of this service can issue one.",
  },
  "key-invalid": {
    status: 401,
    title: "API key not valid",
    about: "The key is misspelled, cut off, or was never issued by this service. Check that you copied all of it.",
  },
  "key-expired": {
    status: 401,
    title: "API key expired",
    about: "The key has passed its expiry date. Ask its issuer for a new one.",
  },
  "key-revoked": {
    status: 401,
    title: "API key revoked",
    about: "The key was revoked permanently. Ask its issuer for a new one.",
  },
  "key-disabled": {
    status: 401,
    title: "API key disabled",
    about: "The key is disabled for now and can be enabled again. Ask its issuer.",
  },
  "client-disabled": {
    status: 401,
    title: "Client disabled",
    about: "All keys of this client are refused until the client is enabled again. Ask the operator of this service.",
  },
  "address-refused": {
    status: 403,
    title: "API key not allowed from this address",
    about: "The key is valid, but it may be used only from certain networks, and yours is not one of them.",
  },
  "scope-missing": {
    status: 403,
    title: "Scope missing",
    about:
      "The key is valid, but it does not have all the scopes that this operation requires. `detail` names the missing ones.",
  },
  "environment-refused": {
    status: 403,
    title: "API key from the wrong environment",
    about: "This service accepts either only live keys or only test keys, and this key is of the other kind.",
  },
  "scope-not-grantable": {
    status: 403,
    title: "Scope cannot be granted with this API key",
    about: "Administrative scopes can be granted only by a key that has them itself.",
  },
  "key-in-cleartext": {
    status: 403,
    title: "API key sent in clear text",
    about:
      "Keys are accepted over HTTPS only: over plain HTTP, anyone on the network path can read and reuse them. Consider the key you sent as leaked. Use `https://` in the URL. There is no redirect, so that this mistake does not go unnoticed.",
  },
  "origin-refused": {
    status: 403,
    title: "Origin not allowed",
    about:
      "The WebSocket takes a key from a cookie, which browsers send for pages of any site. Only pages of this service and of `LATCHKEY_CORS_ORIGINS` may open it.",
  },
  "proxy-untrusted": {
    status: 403,
    title: "Address not allowed to ask for authorization",
    about: "Only the proxies listed in `LATCHKEY_AUTHORIZE_FROM` may ask whether a request is allowed.",
  },
  "original-unclear": {
    status: 403,
    title: "Original request not clear",
    about:
      "The proxy's headers describe two different requests, or only half of one. Clients can send such headers too: the proxy must overwrite all of them.",
  },
  "self-rotation-refused": {
    status: 403,
    title: "API key cannot rotate itself",
    about: "Only keys that were issued with selfRotation can. The issuer of your key can rotate it.",
  },
  "not-found": {
    status: 404,
    title: "Not found",
    about: "Nothing exists at this path. Paths are case-sensitive, and a trailing slash counts.",
  },
  "method-not-allowed": {
    status: 405,
    title: "Method not allowed",
    about: "The path exists, but not with this method. The Allow header lists the methods it supports.",
  },
  "request-timeout": {
    status: 408,
    title: "Request timeout",
    about:
      "Headers must arrive within 3 seconds and the whole request within 5. A large body may take longer, but must average 20,000 bytes per second, or, if it is passed on as it arrives, 1,000 bytes per second over 10 seconds. Try again on a new connection.",
  },
  "client-name-taken": {
    status: 409,
    title: "Client name already in use",
    about: "Client names are unique. Choose another name, or use the existing client.",
  },
  "key-not-rotatable": {
    status: 409,
    title: "API key cannot be rotated",
    about: "Only an active key can be rotated. A key that was rotated before has a successor: rotate that one.",
  },
  "key-not-changeable": {
    status: 409,
    title: "API key cannot be changed",
    about: "A revoked key stays as it was, as a record of what it could do. Issue a new key instead.",
  },
  "too-many-keys": {
    status: 409,
    title: "Too many API keys for this client",
    about:
      "Revoke a key that is no longer needed, or ask the operator of this service to raise LATCHKEY_MAX_KEYS_PER_CLIENT. Revoked, expired and superseded keys do not count.",
  },
  "precondition-failed": {
    status: 412,
    title: "The resource has changed",
    about:
      "It changed after you read it, so your update could overwrite that change. Read it again, then repeat your update if it still applies.",
  },
  "content-too-large": {
    status: 413,
    title: "Request body too large",
    about:
      "The body is larger than this operation accepts. `detail` names the limit; the operator of the service can raise it.",
  },
  "media-type-unsupported": {
    status: 415,
    title: "Unsupported media type",
    about: "The operation does not accept the media type, charset or content encoding that you sent.",
  },
  "expectation-failed": {
    status: 417,
    title: "Expectation failed",
    about: "The only value that the Expect header may have is 100-continue.",
  },
  "upgrade-refused": {
    status: 400,
    title: "WebSocket refused",
    about:
      "The request asks for a WebSocket (`Upgrade: websocket`), but the operation is not declared as one, or the handshake is not valid. The contract declares WebSockets with `x-latchkey: { upgrade: websocket }`.",
  },
  "upgrade-required": {
    status: 426,
    title: "WebSocket required",
    about:
      "The operation is a WebSocket, and the request does not ask for one of version 13. Open it with a WebSocket client, such as `new WebSocket(url)`.",
  },
  "precondition-required": {
    status: 428,
    title: "If-Match header required",
    about:
      "Send the ETag of the version you read in the If-Match header, so that your update cannot overwrite a change that you have not seen. If-Match: * skips this check.",
  },
  "headers-too-large": {
    status: 431,
    title: "Request headers too large",
    about: "The request line and all headers together may take up to 16 KiB. Send fewer or shorter headers.",
  },
  "internal-error": {
    status: 500,
    title: "Internal error",
    about: "The service failed. Its log has the cause under the request id. Trying again may help.",
  },
  "not-implemented": {
    status: 501,
    title: "Not implemented",
    about: "The service does not support this method or transfer coding, nor tunnels.",
  },
  "rate-limited": {
    status: 429,
    title: "Rate limit exceeded",
    about:
      "A rate limit is used up; `violated-policies` names it. Wait for the number of seconds in `Retry-After`. The headers `RateLimit` and `RateLimit-Policy` on every response show how much is left, so a client can slow down in time.",
  },
  "quota-exceeded": {
    status: 429,
    title: "Quota exceeded",
    about:
      "Your quota for this day or month is used up; `violated-policies` names it. It resets after the number of seconds in `Retry-After`. The operator of this service can raise it.",
  },
  "too-many-failures": {
    status: 429,
    title: "Too many invalid API keys",
    about:
      "Too many invalid keys were sent from your address. Valid keys keep working. Other keys are checked again after the number of seconds in `Retry-After`.",
  },
  "upstream-unreachable": {
    status: 502,
    title: "Upstream unreachable",
    about:
      "The request was allowed, but the API behind this service cannot be reached. The request was not carried out.",
  },
  "upstream-busy": {
    status: 503,
    title: "Upstream busy",
    about:
      "The request was allowed, but no connection to the API behind this service became free in time for this operation or this client. The request was not carried out. Try again after the number of seconds in `Retry-After`.",
  },
  "upstream-unavailable": {
    status: 503,
    title: "Upstream unavailable",
    about:
      "The API behind this service could not be reached several times in a row, or did not respond at this operation, so it is not called for a moment. The request was not carried out. Try again after the number of seconds in `Retry-After`.",
  },
  "upstream-broken": {
    status: 502,
    title: "Invalid response from the upstream",
    about:
      "The request was forwarded to the API behind this service, but its response was cut off or is not valid HTTP. The request may have been carried out.",
  },
  "upstream-undeclared": {
    status: 502,
    title: "Upstream response does not match the contract",
    about:
      "The request was forwarded to the API behind this service, but the status, media type or content of its response does not match the contract, so the response was withheld. The service's log names the mismatch under the request id.",
  },
  "upstream-timeout": {
    status: 504,
    title: "Upstream timeout",
    about:
      "The request was forwarded to the API behind this service, but no response arrived in time. The request may have been carried out.",
  },
  unavailable: {
    status: 503,
    title: "Temporarily unavailable",
    about:
      "The service cannot decide or serve this request right now, and refuses it rather than guessing. Try again after the number of seconds in `Retry-After`.",
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The codes of the problems with this status. */
export type ProblemCodeOf<Status extends number> = {
  [Code in ProblemCode]: (typeof PROBLEMS)[Code]["status"] extends Status ? Code : never;
}[ProblemCode];

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(PROBLEMS, text);
}
