import { createRequire } from "node:module";

/** Loads a package when a check needs it: most commands load a contract without checking it. */
export const lazyRequire = createRequire(import.meta.url);
