// Lets Latchkey run without counting its answers: `node --import`. To see what counting costs; nothing else can do this.
import { registerHooks } from "node:module";

const UNMETERED = `
export const metering = () => (_req, _res, next) => next();
export const meterAnswer = ({ res, whenClosed }) => { if (whenClosed) res.on("close", whenClosed); };
export const recordUnread = () => {};
`;

registerHooks({
  load: (url, context, next) =>
    url.endsWith("/src/http/stages/metering.ts")
      ? { format: "module", source: UNMETERED, shortCircuit: true }
      : next(url, context),
});
