import { createSideTable } from "../../lib/side-table.ts";
import type { AnyReply } from "./handler.ts";

/** The replies of handlers that ran on the fast path, by request: `dispatch` sends them without a second call. */
export const PREPARED_REPLIES = createSideTable<AnyReply>();
