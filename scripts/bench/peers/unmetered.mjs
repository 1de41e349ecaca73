// Runs Latchkey without usage counts (`node --import`), to measure their cost. There is no setting for this.
import { registerHooks } from "node:module";

const UNMETERED = `
export const meterResponse = () => {};
export const recordWithoutExchange = () => {};
`;

registerHooks({
  load: (url, context, next) =>
    url.endsWith("/src/http/record/metering.ts")
      ? { format: "module", source: UNMETERED, shortCircuit: true }
      : next(url, context),
});
