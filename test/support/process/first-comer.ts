// A process that, for every database it is sent, opens it and asks for the first keys: "first" if it got them.
import { BY_SYSTEM } from "../../../src/admin/actions.ts";
import { createFirstKeys } from "../../../src/admin/keys/first-keys.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import { actionsOn } from "../builders.ts";

process.on("message", async (url: string) => process.send?.(await comeTo(url)));
process.send?.("ready");

async function comeTo(url: string): Promise<string> {
  try {
    const db = await openDatabase(url);
    const actions = { ...actionsOn(db), scopes: ["data:read", "keys:write"], by: BY_SYSTEM };
    const first = await createFirstKeys(["live", "test"], actions);
    await db.destroy();
    return first ? "first" : "late";
  } catch (error) {
    return String(error);
  }
}
