import { randomFillSync } from "node:crypto";

/** A source of unpredictable bytes. */
export type RandomBytes = (count: number) => Uint8Array;

const POOL_BYTES = 4_096;

/** The system's cryptographically secure source. Bytes are erased from the pool when they are handed out. */
export const systemRandom: RandomBytes = createPool();

/** Fetches many bytes from the system at a time, because each system call takes as long as a whole request may. */
function createPool(): RandomBytes {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return (count) => {
    if (count > POOL_BYTES) return randomFillSync(new Uint8Array(count));
    if (used + count > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    const bytes = pool.slice(used, used + count);
    pool.fill(0, used, used + count);
    used += count;
    return bytes;
  };
}

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// The largest multiple of 62 in a byte; larger bytes would favour the first characters.
const UNBIASED_BELOW = 248;

/** A random text of `length` characters from 0-9A-Za-z, all equally likely: 5.95 bits per character. */
export function randomBase62(length: number, random: RandomBytes): string {
  let text = "";
  while (text.length < length) {
    for (const byte of random(length - text.length)) {
      if (byte < UNBIASED_BELOW) text += BASE62[byte % 62];
    }
  }
  return text;
}

/** `value` in base 62, padded with zeros to `length` characters. */
export function toBase62(value: number, length: number): string {
  let text = "";
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) text = BASE62[rest % 62] + text;
  return text.padStart(length, "0");
}
