// For every database URL that it receives, this process registers twenty clients there as fast as it can.
import { operatorPrincipal } from "../../../src/admin/actions.ts";
import { registerClient } from "../../../src/admin/clients/register-client.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import { actionsOn } from "../builders.ts";

process.on("message", async (url: string) => process.send?.(await registerMany(url)));
process.send?.("ready");

async function registerMany(url: string): Promise<string> {
  try {
    const db = await openDatabase(url);
    const actions = { ...actionsOn(db), principal: operatorPrincipal("appender") };
    for (let count = 0; count < 20; count++) await registerClient({ name: `${process.pid} ${count}` }, actions);
    await db.destroy();
    return "done";
  } catch (error) {
    return String(error);
  }
}
