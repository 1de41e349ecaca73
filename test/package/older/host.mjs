// Express apps with middleware of a few years ago before Latchkey: node host.mjs MIDDLEWARE CONTRACT.
// Says for each combination at which port it is.
import { once } from "node:events";
import compression from "compression";
import express from "express";
import session from "express-session";
import morgan from "morgan";
import responseTime from "response-time";

const [, , middleware, contract] = process.argv;
const { latchkey } = await import(middleware);

const OLDER = {
  morgan: () => morgan("combined", { stream: { write: (line) => process.stderr.write(line) } }),
  session: () => session({ secret: "for this test alone", resave: true, saveUninitialized: true }),
  responseTime: () => responseTime(),
  compression: () => compression({ threshold: 0 }),
};

const keys = await latchkey({
  contract,
  lenient: true,
  writeLog: () => {},
  handlers: {
    getItem: ({ path }) => ({ status: 200, body: { id: path.id } }),
    addItem: async ({ body }) => ({ status: 201, body }),
  },
});

const ports = {};
const combinations = {
  none: [],
  ...Object.fromEntries(Object.keys(OLDER).map((name) => [name, [name]])),
  all: Object.keys(OLDER),
};
for (const [name, parts] of Object.entries(combinations)) {
  const app = express();
  app.disable("x-powered-by");
  for (const part of parts) app.use(OLDER[part]());
  app.use(keys);
  app.use((req, res) => void res.json({ route: req.url }));
  const server = keys.createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  ports[name] = server.address().port;
}
process.stdout.write(`${JSON.stringify({ ports })}\n`);
