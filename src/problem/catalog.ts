type ProblemKind = {
  /** The HTTP status that goes with it. */
  readonly status: number;
  /** The same words every time (RFC 9457 §3.1.3). */
  readonly title: string;
  /** For the page under `/problems/`: what it means and what to do about it. */
  readonly about: string;
};

/** Every problem that this service can answer with, by its code. Codes are stable; they are never reused. */
export const PROBLEMS = {
  "request-invalid": {
    status: 400,
    title: "The request does not match the contract",
    about: "A parameter or the body is not as the contract says. `errors` lists each part that is wrong and why.",
  },
  "body-malformed": {
    status: 400,
    title: "The request body cannot be read",
    about: "The body is not valid JSON, or ended early. Check what your client sends against the documentation.",
  },
  "request-malformed": {
    status: 400,
    title: "This is not a valid HTTP request",
    about:
      "The message breaks a rule of HTTP/1.1 (RFC 9112): its framing, its Host, or a header that may come once only.",
  },
  "target-invalid": {
    status: 400,
    title: "The request target is not valid",
    about: "The path has a fragment (#…), a backslash, a broken percent-encoding, or does not begin with a slash.",
  },
  "key-ambiguous": {
    status: 400,
    title: "More than one API key was sent",
    about:
      "Send one key, once: in x-api-key or as Authorization: Bearer. Two different keys leave open who is calling.",
  },
  "key-in-query": {
    status: 400,
    title: "This operation takes no API key in the URL",
    about:
      "URLs end up in histories, proxies and logs. Send the key in the header x-api-key, and consider the one you sent as leaked.",
  },
  "key-missing": {
    status: 401,
    title: "An API key is needed",
    about:
      "Send your key in the header x-api-key, or as Authorization: Bearer <key>. Whoever runs this service can issue one.",
  },
  "key-invalid": {
    status: 401,
    title: "This API key is not valid",
    about: "The key is misspelt, cut off, or was never issued here. Check that you copied all of it.",
  },
  "key-expired": {
    status: 401,
    title: "This API key has expired",
    about: "The key was valid until a date that has passed. Ask whoever issued it for a new one.",
  },
  "key-revoked": {
    status: 401,
    title: "This API key was revoked",
    about: "Somebody withdrew this key, for good. Ask whoever issued it for a new one.",
  },
  "key-disabled": {
    status: 401,
    title: "This API key is paused",
    about: "Somebody paused this key, and can let it go on. Ask whoever issued it.",
  },
  "client-disabled": {
    status: 401,
    title: "The client of this API key is paused",
    about: "All keys of this client are refused until it is enabled again. Ask whoever runs this service.",
  },
  "address-refused": {
    status: 403,
    title: "This API key may not be used from here",
    about: "The key is valid, but was issued for other networks than the one that you call from.",
  },
  "scope-missing": {
    status: 403,
    title: "This API key lacks a scope",
    about: "The key is valid, but was not issued for this operation. `detail` names the scopes that it lacks.",
  },
  "environment-refused": {
    status: 403,
    title: "Keys of this environment are not accepted here",
    about: "The service accepts only live keys, or only test keys, and this one is of the other kind.",
  },
  "scope-not-grantable": {
    status: 403,
    title: "This API key may not grant this scope",
    about: "Scopes that administer the service can be granted only by a key that holds them itself.",
  },
  "key-in-cleartext": {
    status: 403,
    title: "An API key came in clear text",
    about:
      "Keys are taken over HTTPS only: without it, whoever stands on the way can read and use them. Consider the key you sent as leaked. `https://` in the URL is the cure; there is no redirect, so that no client goes on like this unnoticed.",
  },
  "proxy-untrusted": {
    status: 403,
    title: "This address may not ask for others",
    about:
      "Whether a request may go on is told to the proxies that `LATCHKEY_AUTHORIZE_FROM` names, and to nobody else.",
  },
  "original-unclear": {
    status: 403,
    title: "It is not clear which request is asked about",
    about:
      "The headers of the proxy name two requests, or half of one. Clients can send such headers too: the proxy must overwrite them all.",
  },
  "self-rotation-refused": {
    status: 403,
    title: "This API key may not rotate itself",
    about: "Only keys that were issued with selfRotation may. Whoever issued yours can rotate it.",
  },
  "not-found": {
    status: 404,
    title: "Not found",
    about: "There is nothing at this path. Paths are exact: upper and lower case and a slash at the end count.",
  },
  "method-not-allowed": {
    status: 405,
    title: "This method is not allowed here",
    about: "The path exists, but not with this method. The header Allow lists those that do.",
  },
  "request-timeout": {
    status: 408,
    title: "The request took too long to arrive",
    about:
      "Headers must arrive within 3 seconds and the whole request within 5; a body that goes on as it comes may take longer, but must bring 1,000 bytes a second, averaged over 10 seconds. Try again on a new connection.",
  },
  "client-name-taken": {
    status: 409,
    title: "This client name is taken",
    about: "Names of clients are unique. Choose another one, or use the client that exists.",
  },
  "key-not-rotatable": {
    status: 409,
    title: "This API key cannot be rotated",
    about: "Only a key that is active can. One that was rotated before has a successor: rotate that one.",
  },
  "key-not-changeable": {
    status: 409,
    title: "This API key cannot be changed",
    about: "A revoked key stays as it was, as the record of what it could do. Issue another one instead.",
  },
  "too-many-keys": {
    status: 409,
    title: "The client holds as many keys as it may",
    about:
      "Revoke a key that is not needed any more, or ask whoever runs this service to raise LATCHKEY_MAX_KEYS_PER_CLIENT. Revoked, expired and superseded keys do not count.",
  },
  "precondition-failed": {
    status: 412,
    title: "It was changed meanwhile",
    about:
      "Somebody changed it after you looked at it, so that your change could undo theirs. Get it again, and decide anew.",
  },
  "content-too-large": {
    status: 413,
    title: "The request body is too large",
    about: "The body is larger than this service reads.",
  },
  "media-type-unsupported": {
    status: 415,
    title: "The media type is not supported",
    about: "The operation reads other media types, charsets or encodings than the one you sent.",
  },
  "expectation-failed": {
    status: 417,
    title: "The expectation cannot be met",
    about: "The only value of the header Expect that is understood is 100-continue.",
  },
  "precondition-required": {
    status: 428,
    title: "The change does not say what it is based on",
    about:
      "Send the ETag that came with what you looked at in the header If-Match, so that nobody's change is lost. With If-Match: * the change is made whatever was there.",
  },
  "headers-too-large": {
    status: 431,
    title: "The request headers are too large",
    about: "The request line and all headers together may have 16 KiB. Send fewer or shorter ones.",
  },
  "internal-error": {
    status: 500,
    title: "Something went wrong on our side",
    about: "The service failed. Its log has the cause under the request id; trying again may help.",
  },
  "not-implemented": {
    status: 501,
    title: "This is not implemented",
    about: "The service knows neither the method nor the transfer coding that the request uses, and no tunnels.",
  },
  "rate-limited": {
    status: 429,
    title: "You are calling too often",
    about:
      "A limit is used up; `violated-policies` names it. Wait for as many seconds as `Retry-After` says. The headers `RateLimit` and `RateLimit-Policy` on every answer say where your limits stand, so that you need never come here.",
  },
  "quota-exceeded": {
    status: 429,
    title: "Your quota is used up",
    about:
      "As much was called in this day or month as your plan allows; `violated-policies` names the quota. It begins anew after as many seconds as `Retry-After` says. Whoever runs this service can raise it.",
  },
  "too-many-failures": {
    status: 429,
    title: "Too many keys that are not valid were tried",
    about:
      "From your address came many keys that are none. Keys that are valid go on working; others are looked at again after as many seconds as `Retry-After` says.",
  },
  "upstream-unreachable": {
    status: 502,
    title: "The API behind this service cannot be reached",
    about: "The request was allowed, and whoever should have answered it is not there. Nothing was done.",
  },
  "upstream-busy": {
    status: 503,
    title: "The API behind this service has no connection free",
    about:
      "The request was allowed, and others are in its way: of the connections to the API, none was free for this operation or this client in time. Nothing was done. Try again after Retry-After seconds.",
  },
  "upstream-broken": {
    status: 502,
    title: "The API behind this service answered with something that is no answer",
    about: "The request was handed on, and what came back was broken off or is no HTTP. It may have been carried out.",
  },
  "upstream-undeclared": {
    status: 502,
    title: "The API behind this service answered with something that its contract does not declare",
    about:
      "The request was handed on, and the answer held back, for its status, media type or content is not as the contract says. What is wrong stands in the service's log, under the request id.",
  },
  "upstream-timeout": {
    status: 504,
    title: "The API behind this service took too long",
    about: "The request was handed on, and no answer came in time. It may have been carried out.",
  },
  unavailable: {
    status: 503,
    title: "Temporarily unavailable",
    about:
      "The service cannot decide or serve this right now, and refuses rather than guesses. Try again after Retry-After seconds.",
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The codes whose status is `Status`. */
export type ProblemCodeOf<Status extends number> = {
  [Code in ProblemCode]: (typeof PROBLEMS)[Code]["status"] extends Status ? Code : never;
}[ProblemCode];

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(PROBLEMS, text);
}
