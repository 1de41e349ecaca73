import { createSideTable } from "../../lib/side-table.ts";
import type { AnyReply } from "./handler.ts";

/** By request, where its handler has run before `dispatch`: what it replied. */
export const PREPARED_REPLIES = createSideTable<AnyReply>();
