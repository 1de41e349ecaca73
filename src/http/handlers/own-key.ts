import { optionalTimestamp, toTimestamp } from "../../lib/clock.ts";
import type { Handler } from "../handler.ts";

export const getOwnKey: Handler<"getOwnKey"> = ({ key }) => ({
  status: 200,
  body: {
    id: key.id,
    client: { ...key.client },
    name: key.name,
    environment: key.environment,
    scopes: [...key.scopes],
    createdAt: toTimestamp(key.createdAt),
    expiresAt: optionalTimestamp(key.expiresAt),
  },
});
