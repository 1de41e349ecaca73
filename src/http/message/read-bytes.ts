import type { IncomingMessage } from "node:http";
import { PassThrough, pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import getRawBody from "raw-body";
import { createBodyDeadline } from "./body-deadline.ts";

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
export async function readBytes(
  req: IncomingMessage,
  maxBytes: number,
  requestBody: () => void,
): Promise<BytesOutcome> {
  const encoding = (req.headers["content-encoding"] ?? "identity").toLowerCase();
  if (!isKnown(encoding)) return { kind: "encoding-unknown" };
  if (Number(req.headers["content-length"] ?? 0) > maxBytes) return { kind: "too-large" };

  requestBody();
  // An error in either stream ends both, and `gather` reports it.
  const decoded = pipeline(req, DECODERS[encoding](), () => {});
  return Promise.race([gather(decoded, maxBytes), lateness(decoded)]);
}

async function gather(decoded: Readable, maxBytes: number): Promise<BytesOutcome> {
  try {
    return { kind: "read", bytes: await getRawBody(decoded, { limit: maxBytes }) };
  } catch (error) {
    const isTooLarge =
      typeof error === "object" && error !== null && "type" in error && error.type === "entity.too.large";
    return { kind: isTooLarge ? "too-large" : "broken" };
  }
}

function lateness(decoded: Readable): Promise<BytesOutcome> {
  return new Promise((resolve) => {
    const deadline = createBodyDeadline(() => resolve({ kind: "late" }));
    decoded.on("data", (chunk: Buffer) => deadline.received(chunk.length));
    decoded.once("close", deadline.stop);
  });
}

function isKnown(encoding: string): encoding is keyof typeof DECODERS {
  return Object.hasOwn(DECODERS, encoding);
}
