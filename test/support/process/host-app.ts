// An Express app with the Latchkey middleware: node host-app.ts CONTRACT. Prints its URL, and runs until it gets a
// signal.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { latchkey } from "../../../src/middleware.ts";

const keys = await latchkey<never>({
  contract: process.argv[2] ?? "",
  lenient: true,
  handlers: { getItem: async () => ({ status: 200, body: { ok: true } }) } as never,
});
const app = express();
app.use(keys, express.json());
app.use((req, res) => {
  setTimeout(() => res.json({ ok: true, body: req.body }), Number(req.url.length % 5));
});
const server = keys.createServer(app);
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.stdout.write(`{"url":"http://127.0.0.1:${(server.address() as AddressInfo).port}"}\n`);
