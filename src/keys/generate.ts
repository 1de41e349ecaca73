import { type RandomBytes, randomBase62 } from "../lib/random.ts";
import { composeKey, RANDOM_LENGTH } from "./format.ts";
import type { Environment } from "./key.ts";

/** Characters in the random part of a public id: 119 bits, so that ids never collide. */
const ID_LENGTH = 20;

/** A new public id, such as `key_4Tz0ZkX0b1TnVd4sWcYe`. */
export function newId(kind: "key" | "client" | "req" | "event", random: RandomBytes): string {
  return `${kind}_${randomBase62(ID_LENGTH, random)}`;
}

/** The text of a new key. It is never stored: only its receiver has it. */
export function newSecret(brand: string, environment: Environment, random: RandomBytes): string {
  return composeKey(brand, environment, randomBase62(RANDOM_LENGTH, random));
}
