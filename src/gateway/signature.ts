import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** Proves to an upstream that a request came through us: the value of X-Latchkey-Signature. */
export type Sign = (signed: Signed) => string;

export type Signed = {
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** Client, key, scopes, environment and request id; empty where there is no key. */
  readonly identity: readonly string[];
};

/** HMAC-SHA-256 over one line each: timestamp, method, target, then the identity. docs/gateway.md shows how to check it. */
export function createSign(secret: string): Sign {
  const key: KeyObject = createSecretKey(Buffer.from(secret));
  return ({ timestamp, method, target, identity }) => {
    const text = [timestamp, method, target, ...identity].join("\n");
    return `t=${timestamp},v1=${createHmac("sha256", key).update(text).digest("hex")}`;
  };
}
