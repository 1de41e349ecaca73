// Runs Latchkey without usage counts (`node --import`), to measure their cost. There is no setting for this.
import { registerHooks } from "node:module";

const UNMETERED = `
export const meterResponse = () => {};
export const recordWithoutExchange = () => {};
`;

const LOADED_AFTER_MS = 10_000;

let isReplaced = false;

registerHooks({
  load: (url, context, next) => {
    if (!url.endsWith("/src/http/record/metering.ts")) return next(url, context);
    isReplaced = true;
    return { format: "module", source: UNMETERED, shortCircuit: true };
  },
});

// Otherwise a file that was moved would make the cost look like nothing.
setTimeout(() => {
  if (!isReplaced) throw new Error("The module that counts usage is in another place: correct its path here.");
}, LOADED_AFTER_MS).unref();
