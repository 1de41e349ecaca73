import { z } from "zod";
import { SCOPE } from "../../keys/scopes.ts";
import { isUpstreamUrl } from "../../lib/http/upstream-url.ts";
import type { JsonObject } from "../document/json.ts";
import { UPSTREAM_HEADERS, type UpstreamHeaders } from "./upstream-headers.ts";

/** What happens to responses of an upstream that do not match the contract. */
const RESPONSES = z
  .enum(["off", "report", "enforce"])
  .describe(
    "Whether responses of the upstream that do not match the contract are logged (report), or replaced by a problem (enforce). Default: off.",
  );

/** What happens to requests that do not match the contract. */
const REQUEST_CHECK = z
  .enum(["enforce", "report"])
  .describe(
    "Whether requests whose parameters or body do not match the contract are refused (enforce), or passed on and counted (report). Keys, scopes and limits are always enforced. Default: enforce.",
  );

/** The name of a limit or quota: a Structured Field String can contain it without escapes. */
const NAME = z.string().regex(/^[A-Za-z][0-9A-Za-z_-]{0,31}$/, "must be up to 32 letters, digits, _ and -");
const REQUESTS = z
  .int()
  .min(1)
  .max(1_000_000_000)
  .describe("How many requests, or units of cost, in each window or period.");

/** The largest limit: a body is kept in memory while it is checked. */
const MOST_BODY_BYTES = 104_857_600;

const MAX_BODY_BYTES = z
  .int()
  .min(1)
  .max(MOST_BODY_BYTES)
  .optional()
  .describe(
    "The largest body that is read and checked, in bytes, after decompression. Default: LATCHKEY_MAX_BODY_BYTES. Bodies that are passed on as they arrive have no limit.",
  );

const MONTH_SECONDS = 2_678_400;

const RATE = {
  requests: REQUESTS,
  windowSeconds: z.int().min(1).max(MONTH_SECONDS).describe("The window, in seconds."),
  burst: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe("How many at once. Default: a tenth of requests, at least 1."),
};

const PLAN_LIMIT = z.strictObject({
  per: z
    .enum(["client", "key"])
    .default("client")
    .describe("Whether all keys of a client are counted together, or each key separately."),
  ...RATE,
});

const LIMIT = z.strictObject({
  per: z
    .enum(["client", "key", "address"])
    .default("client")
    .describe("Whose requests are counted together; address: for operations without a key, IPv6 by /64."),
  ...RATE,
});

const QUOTA = z.strictObject({
  requests: REQUESTS,
  period: z.enum(["day", "month"]).describe("A day or a month of the calendar, in UTC."),
  enforcement: z
    .enum(["hard", "soft"])
    .default("hard")
    .describe("Past the quota, hard refuses requests, and soft only tells clients in a header."),
});

const PLAN = z.strictObject({
  description: z.string().max(500).optional(),
  limits: z.record(NAME, PLAN_LIMIT).default({}),
  quotas: z.record(NAME, QUOTA).default({}).describe("Counted for a client over all of its keys."),
});

/** A day: longer than any proxy between waits. */
const TIMEOUT_SECONDS = z.int().min(0).max(86_400);

const TIMEOUTS = z
  .strictObject({
    firstByteSeconds: TIMEOUT_SECONDS.optional().describe("Until the head of the response arrives; 0: no limit."),
    betweenBytesSeconds: TIMEOUT_SECONDS.optional().describe("Between two parts of the response; 0: no limit."),
  })
  .describe(
    "How long the upstream may take. Default: LATCHKEY_UPSTREAM_FIRST_BYTE_SECONDS and LATCHKEY_UPSTREAM_BETWEEN_BYTES_SECONDS.",
  );

const UPSTREAM_URL = z.string().refine(isUpstreamUrl, "must be a URL such as http://127.0.0.1:5000, without a query");

/** The `x-latchkey` of a document. */
export const DOCUMENT_EXTENSION = z.strictObject({
  responses: RESPONSES.optional().describe("The default of its operations."),
  requests: REQUEST_CHECK.optional(),
  timeouts: TIMEOUTS.optional(),
  maxBodyBytes: MAX_BODY_BYTES,
  cors: z
    .enum(["latchkey", "upstream"])
    .optional()
    .describe(
      "Who decides which pages may read responses: Latchkey, by LATCHKEY_CORS_ORIGINS, or the upstream, which then gets preflights too, without a key. Default: latchkey.",
    ),
  upstream: z
    .strictObject({ headers: UPSTREAM_HEADERS })
    .optional()
    .describe("The common upstream. Operations with an upstream of their own are not concerned."),
  plans: z.record(NAME, PLAN).default({}).describe("The plans that clients may have, by name."),
  defaultPlan: NAME.optional().describe("The plan of clients without one. Required where there are plans."),
  limits: z.record(NAME, LIMIT).default({}).describe("Limits for all clients, whatever their plan."),
  prefix: z
    .string()
    .regex(/^(?:\/[A-Za-z0-9_~-]+)+$/, "must be a path such as /_latchkey, without a slash at its end")
    .optional()
    .describe("The path below which the operations and pages of Latchkey itself are served. Default: none."),
});

/** The `x-latchkey` of an operation. */
export const EXTENSION = z.strictObject({
  scopes: z
    .array(z.string().regex(SCOPE))
    .optional()
    .describe("Scopes that a key needs, besides those in security. In OpenAPI 3.0 this is the only place for them."),
  security: z
    .literal("passthrough")
    .optional()
    .describe("The upstream enforces the security of this operation; it needs no key."),
  upstream: z
    .union([UPSTREAM_URL, z.strictObject({ url: UPSTREAM_URL.optional(), headers: UPSTREAM_HEADERS.default({}) })])
    .optional()
    .describe(
      "The upstream of this operation, instead of the common one; also its url and the headers that requests to it get.",
    ),
  body: z
    .literal("stream")
    .optional()
    .describe("The body is passed to the upstream as it arrives, unchecked and of any size."),
  maxBodyBytes: MAX_BODY_BYTES,
  upgrade: z
    .literal("websocket")
    .optional()
    .describe("Requests open a WebSocket (RFC 6455), which is passed on to the upstream; others are refused."),
  messages: z
    .strictObject({ cost: z.int().min(1).max(1_000_000).default(1).describe("Units. Default: 1.") })
    .optional()
    .describe("Each message that the client sends over the WebSocket takes units from the same limits and quotas."),
  responses: RESPONSES.optional(),
  requests: REQUEST_CHECK.optional(),
  timeouts: TIMEOUTS.optional(),
  cost: z
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe("How many units a request takes from limits and quotas; 0: none. Default: 1."),
  limits: z
    .array(NAME)
    .optional()
    .describe("Limits that apply to this operation, besides those that no operation names, which apply to all."),
});

/** The `x-latchkey` of a parameter. */
export const PARAMETER_EXTENSION = z.strictObject({
  encodedSlash: z
    .enum(["pass", "refuse"])
    .optional()
    .describe(
      "Whether a path parameter may contain %2F, which is passed to the upstream as it was sent. Default: refuse, because many servers decode it before they look for a route.",
    ),
});

/** The `x-latchkey` of a security scheme. */
export const SCHEME_EXTENSION = z.strictObject({
  carrier: z
    .enum(["key", "user-name", "password", "fallback"])
    .optional()
    .describe(
      "It carries an API key: as its value (key), or as one part of Basic credentials (user-name, password); with fallback only where a requirement names no other scheme for keys.",
    ),
  prefix: z
    .string()
    .regex(/^[0-9A-Za-z!#$%&'*+.^_`|~-]{1,40}$/, "must be a word such as Token")
    .optional()
    .describe("The word before the key in a header, such as Token in Authorization: Token KEY. Case does not matter."),
  security: z
    .literal("passthrough")
    .optional()
    .describe("The upstream checks this credential; alone in a requirement, it replaces the key."),
});

export type Extension = z.output<typeof EXTENSION>;

type SchemeExtension = z.output<typeof SCHEME_EXTENSION>;

export type DocumentExtension = z.output<typeof DOCUMENT_EXTENSION>;

/** The `x-latchkey` of a document; empty when it is invalid, which `checkExtensions` reports. */
export function documentExtensionOf(root: JsonObject): DocumentExtension {
  const parsed = DOCUMENT_EXTENSION.safeParse(root["x-latchkey"] ?? {});
  return parsed.data ?? { plans: {}, limits: {} };
}

/** May this path parameter contain encoded slashes? */
export function mayHaveSlashes(parameter: JsonObject): boolean {
  return PARAMETER_EXTENSION.safeParse(parameter["x-latchkey"]).data?.encodedSlash === "pass";
}

type OwnUpstream = { readonly url: string | undefined; readonly headers: UpstreamHeaders };

/** What an operation says about its upstream. */
export function ownUpstreamOf({ upstream }: Extension): OwnUpstream {
  if (upstream === undefined || typeof upstream === "string") return { url: upstream, headers: {} };
  return { url: upstream.url, headers: upstream.headers };
}

/** The `x-latchkey` of `operation`; empty when it is invalid, which `checkExtensions` reports. */
export function extensionOf(operation: JsonObject): Extension {
  return EXTENSION.safeParse(operation["x-latchkey"] ?? {}).data ?? {};
}

/** The `x-latchkey` of a security scheme; empty when it is invalid, which `checkExtensions` reports. */
export function schemeExtensionOf(scheme: JsonObject): SchemeExtension {
  return SCHEME_EXTENSION.safeParse(scheme["x-latchkey"] ?? {}).data ?? {};
}
