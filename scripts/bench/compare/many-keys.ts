import { insertClient } from "../../../src/store/clients.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import { transact } from "../../../src/store/database/transact.ts";
import { insertKey } from "../../../src/store/keys.ts";
import { aClient } from "../../../test/support/builders.ts";
import { keyNumber } from "../../../test/support/many-keys.ts";

/** Stores `count` keys. @returns the texts of those that will be used, spread over all of them. */
export async function fillKeys(database: string, count: number, used: number): Promise<readonly string[]> {
  const db = await openDatabase(database);
  await transact(db, async (tx) => {
    await insertClient(tx, aClient());
    for (let number = 0; number < count; number++)
      await insertKey(tx, { ...keyNumber(number).key, scopes: ["bench:use"] });
  });
  await db.destroy();
  return Array.from({ length: used }, (_, at) => keyNumber(Math.floor((at * count) / used)).secret);
}
