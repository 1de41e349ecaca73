// Runs Latchkey without usage counts (`node --import`), to measure their cost. There is no setting for this.
import { registerHooks } from "node:module";

const UNMETERED = `
export const metering = () => (_req, _res, next) => next();
export const meterResponse = ({ res, whenClosed }) => { if (whenClosed) res.on("close", whenClosed); };
export const recordWithoutExchange = () => {};
`;

registerHooks({
  load: (url, context, next) =>
    url.endsWith("/src/http/stages/metering.ts")
      ? { format: "module", source: UNMETERED, shortCircuit: true }
      : next(url, context),
});
