// Preloaded into a process: collects garbage before each reading of its memory, so that readings show live objects only.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
const { memoryUsage } = process;
process.memoryUsage = Object.assign(() => {
  collect();
  return memoryUsage();
}, memoryUsage);
