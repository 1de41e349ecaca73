import { z } from "zod";
import { SCOPE } from "../../keys/scopes.ts";
import { isUpstreamUrl } from "../../lib/http/upstream-url.ts";
import type { JsonObject } from "../document/json.ts";

/** How answers of an upstream are held against the contract. */
const RESPONSES = z
  .enum(["off", "report", "enforce"])
  .describe("Whether answers of the upstream that do not match the contract are logged, or held back. Default: off.");

/** What limits and quotas are called; a Structured Field String holds it as it is. */
const NAME = z.string().regex(/^[A-Za-z][0-9A-Za-z_-]{0,31}$/, "must be up to 32 letters, digits, _ and -");
const REQUESTS = z
  .int()
  .min(1)
  .max(1_000_000_000)
  .describe("How many requests, or units of cost, in each window or period.");

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
    .describe("Whether all keys of a client are counted together, or each by itself."),
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
    .describe("Past it, hard refuses, and soft says so in a header."),
});

const PLAN = z.strictObject({
  description: z.string().max(500).optional(),
  limits: z.record(NAME, PLAN_LIMIT).default({}),
  quotas: z.record(NAME, QUOTA).default({}).describe("Counted for a client, over all of its keys."),
});

/** What `x-latchkey` may say of the whole document. */
export const DOCUMENT_EXTENSION = z.strictObject({
  responses: RESPONSES.optional().describe("For operations that say nothing themselves."),
  plans: z.record(NAME, PLAN).default({}).describe("What clients may hold, by name."),
  defaultPlan: NAME.optional().describe("The plan of clients that hold none. Needed where there are plans."),
  limits: z.record(NAME, LIMIT).default({}).describe("Limits for everybody, whatever their plan."),
});

/** What `x-latchkey` may say of an operation. */
export const EXTENSION = z.strictObject({
  scopes: z
    .array(z.string().regex(SCOPE))
    .optional()
    .describe("Scopes that a key needs, beside those in security: the only place for them in OpenAPI 3.0."),
  security: z
    .literal("passthrough")
    .optional()
    .describe("The operation has a security of its own kind, which the upstream enforces."),
  upstream: z
    .string()
    .refine(isUpstreamUrl, "must be a URL such as http://127.0.0.1:5000, without a query")
    .optional()
    .describe("Where its requests go instead of to the upstream of all."),
  body: z.literal("stream").optional().describe("The body goes on as it comes, of any size and unchecked."),
  responses: RESPONSES.optional(),
  cost: z
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe("How many units a request takes from limits and quotas; 0: none. Default: 1."),
  limits: z
    .array(NAME)
    .optional()
    .describe("Limits that apply here, beside those that no operation names, which apply everywhere."),
});

export type Extension = z.output<typeof EXTENSION>;

export type DocumentExtension = z.output<typeof DOCUMENT_EXTENSION>;

/** What a document says in `x-latchkey`; nothing where that is not valid, which `checkExtensions` finds. */
export function documentExtensionOf(root: JsonObject): DocumentExtension {
  const parsed = DOCUMENT_EXTENSION.safeParse(root["x-latchkey"] ?? {});
  return parsed.data ?? { plans: {}, limits: {} };
}

/** What `operation` says in `x-latchkey`; nothing where that is not valid, which `checkExtensions` finds. */
export function extensionOf(operation: JsonObject): Extension {
  return EXTENSION.safeParse(operation["x-latchkey"] ?? {}).data ?? {};
}
