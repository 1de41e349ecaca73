import { findClient } from "../../../store/clients.ts";
import type { Database } from "../../../store/database/schema.ts";
import { invalidParameter } from "./invalid-input.ts";

/** The id of the client that a query filters by (`undefined`: no filter), or the response to an unknown client. */
export async function findFilterClient(db: Database, idOrName: string | undefined) {
  if (idOrName === undefined) return { clientId: undefined };
  const client = await findClient(db, idOrName);
  return client === undefined
    ? invalidParameter("clientId", "must be the id or the name of an existing client")
    : { clientId: client.id };
}
