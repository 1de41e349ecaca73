import type { IncomingMessage } from "node:http";
import { PassThrough, pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import getRawBody from "raw-body";
import { MAX_BODY_BYTES } from "./unread-body.ts";

/** How a body may be encoded (RFC 9110 §8.4.1), and what undoes it. */
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
  /** It ended early, or is not what its encoding says. */
  | { readonly kind: "broken" };

/**
 * Reads a body, decoded. It stops at the first byte too many, and does not wait for those that may follow.
 * @param askForIt called once, when there is nothing against the body that can be said beforehand.
 */
export async function readBytes(req: IncomingMessage, askForIt: () => void): Promise<BytesOutcome> {
  const encoding = (req.headers["content-encoding"] ?? "identity").toLowerCase();
  if (!isKnown(encoding)) return { kind: "encoding-unknown" };
  if (Number(req.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return { kind: "too-large" };

  askForIt();
  // An error in one ends both; the promise below tells about it.
  const decoded = pipeline(req, DECODERS[encoding](), () => {});
  return Promise.race([gather(decoded), lateness(decoded)]);
}

async function gather(decoded: Readable): Promise<BytesOutcome> {
  try {
    return { kind: "read", bytes: await getRawBody(decoded, { limit: MAX_BODY_BYTES }) };
  } catch (error) {
    return { kind: (error as { readonly type?: string }).type === "entity.too.large" ? "too-large" : "broken" };
  }
}

/** Where other bodies may stream for minutes, the server itself is patient; whoever sends one of these must not be slow. */
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
