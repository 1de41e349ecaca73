import type { IncomingMessage } from "node:http";
import { PassThrough, pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import getRawBody from "raw-body";
import { MAX_BODY_BYTES } from "./unread-body.ts";

/** The supported values of Content-Encoding (RFC 9110 §8.4.1), with their decoders. */
const DECODERS = {
  identity: () => new PassThrough(),
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const;

export type BytesOutcome =
  | { readonly kind: "read"; readonly bytes: Buffer }
  | { readonly kind: "too-large" }
  | { readonly kind: "encoding-unknown" }
  | { readonly kind: "late" }
  /** The body ended early, or cannot be decoded. */
  | { readonly kind: "broken" };

/**
 * Reads and decodes a body. It stops at the first byte over the limit, without waiting for the rest.
 * @param requestBody called once, unless the headers alone show that the body is refused.
 */
export async function readBytes(req: IncomingMessage, requestBody: () => void): Promise<BytesOutcome> {
  const encoding = (req.headers["content-encoding"] ?? "identity").toLowerCase();
  if (!isKnown(encoding)) return { kind: "encoding-unknown" };
  if (Number(req.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return { kind: "too-large" };

  requestBody();
  // An error in either stream ends both, and `gather` reports it.
  const decoded = pipeline(req, DECODERS[encoding](), () => {});
  return Promise.race([gather(decoded), lateness(decoded)]);
}

async function gather(decoded: Readable): Promise<BytesOutcome> {
  try {
    return { kind: "read", bytes: await getRawBody(decoded, { limit: MAX_BODY_BYTES }) };
  } catch (error) {
    const isTooLarge =
      typeof error === "object" && error !== null && "type" in error && error.type === "entity.too.large";
    return { kind: isTooLarge ? "too-large" : "broken" };
  }
}

/** For bodies that are read here; the timeout of the server is longer when other bodies may be streamed for minutes. */
export const BODY_TIMEOUT_MS = 5_000;

function lateness(decoded: Readable): Promise<BytesOutcome> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ kind: "late" }), BODY_TIMEOUT_MS).unref();
    decoded.once("close", () => clearTimeout(timer));
  });
}

function isKnown(encoding: string): encoding is keyof typeof DECODERS {
  return Object.hasOwn(DECODERS, encoding);
}
