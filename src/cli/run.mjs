// Runs main.ts in a clone. Node would load its compiler for TypeScript (50 ms, 10 MB) for the first such file that it
// meets before the compile cache is on; after that it takes what it compiled before.
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/latchkey", import.meta.url)));
await import("./main.ts");
