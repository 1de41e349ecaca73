import { digestOf } from "../../src/keys/digest.ts";
import { composeKey, RANDOM_LENGTH } from "../../src/keys/format.ts";
import type { ApiKey } from "../../src/keys/key.ts";
import { insertClient } from "../../src/store/clients.ts";
import type { Database } from "../../src/store/database/schema.ts";
import { transact } from "../../src/store/database/transact.ts";
import { insertKey } from "../../src/store/keys.ts";
import { aClient, aKey } from "./builders.ts";

/** The key with this number, and its text. */
export function keyNumber(number: number): { readonly secret: string; readonly key: ApiKey } {
  const secret = composeKey("lk", "live", String(number).padStart(RANDOM_LENGTH, "0"));
  return { secret, key: aKey({ id: `key_${number}`, digest: digestOf(secret), lastFour: secret.slice(-4) }) };
}

/** Inserts one client and its keys with the numbers 0 to `count` − 1, in one transaction. */
export async function insertManyKeys(db: Database, count: number): Promise<void> {
  await transact(db, async (tx) => {
    await insertClient(tx, aClient());
    for (let number = 0; number < count; number++) await insertKey(tx, keyNumber(number).key);
  });
}
