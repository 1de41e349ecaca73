import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** The value of X-Latchkey-Signature, which proves to an upstream that a request came through the gateway. */
export type Sign = (signed: Signed) => string;

type Signed = {
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** Client, key, scopes and environment (none of these without a key), and the request id. */
  readonly identity: readonly string[];
};

/** HMAC-SHA-256 of timestamp, method, target and identity, one line each. docs/gateway.md shows how to check it. */
export function createSign(secret: string): Sign {
  const key: KeyObject = createSecretKey(Buffer.from(secret));
  return ({ timestamp, method, target, identity }) => {
    const text = [timestamp, method, target, ...identity].join("\n");
    return `t=${timestamp},v1=${createHmac("sha256", key).update(text).digest("hex")}`;
  };
}
