import { z } from "zod";
import { isUpstreamUrl } from "../lib/upstream-url.ts";
import type { JsonObject } from "./json.ts";

/** How answers of an upstream are held against the contract. */
const RESPONSES = z.enum(["off", "report", "enforce"]);

/** What `x-latchkey` may say of the whole document. */
export const DOCUMENT_EXTENSION = z.strictObject({
  /** For operations that say nothing themselves. */
  responses: RESPONSES.optional(),
});

/** What `x-latchkey` may say of an operation. */
export const EXTENSION = z.strictObject({
  /** Scopes that a key needs, beside those in `security`: the only place for them in OpenAPI 3.0. */
  scopes: z.array(z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._:/-]{0,63}$/)).optional(),
  /** The operation has a security of its own kind, which the upstream enforces. */
  security: z.literal("passthrough").optional(),
  /** Where its requests go instead of to the upstream of all. */
  upstream: z.string().refine(isUpstreamUrl, "must be a URL such as http://127.0.0.1:5000, without a query").optional(),
  /** The body goes on as it comes, of any size and unchecked. */
  body: z.literal("stream").optional(),
  /** Answers of its upstream go through unseen, are reported where they do not match, or are held back then. */
  responses: RESPONSES.optional(),
});

export type Extension = z.output<typeof EXTENSION>;

/** What `document` says in `x-latchkey`; nothing where that is not valid. */
export function documentExtensionOf(document: JsonObject): z.output<typeof DOCUMENT_EXTENSION> {
  return DOCUMENT_EXTENSION.safeParse(document["x-latchkey"] ?? {}).data ?? {};
}

/** What `operation` says in `x-latchkey`; nothing where that is not valid, which `checkExtensions` finds. */
export function extensionOf(operation: JsonObject): Extension {
  return EXTENSION.safeParse(operation["x-latchkey"] ?? {}).data ?? {};
}
