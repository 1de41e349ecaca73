// For every database URL that it receives, this process opens the database and tries to create the first keys: "first"
// if it did.
import { SYSTEM_PRINCIPAL } from "../../../src/admin/actions.ts";
import { createInitialKeys } from "../../../src/admin/keys/create-initial-keys.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import { actionsOn } from "../builders.ts";

process.on("message", async (url: string) => process.send?.(await createKeys(url)));
process.send?.("ready");

async function createKeys(url: string): Promise<string> {
  try {
    const db = await openDatabase(url);
    const actions = { ...actionsOn(db), scopes: ["data:read", "keys:write"], principal: SYSTEM_PRINCIPAL };
    const first = await createInitialKeys(["live", "test"], actions);
    await db.destroy();
    return first ? "first" : "late";
  } catch (error) {
    return String(error);
  }
}
