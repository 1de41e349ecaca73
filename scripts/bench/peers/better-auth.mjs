// better-auth's API key plugin, with its table in SQLite, behind node:http. It writes the key that it issued to KEY_FILE.
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { apiKey } from "@better-auth/api-key";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { data, UNAUTHORIZED } from "./responses.mjs";

const options = {
  secret: "a secret of the benchmark, of no use anywhere else",
  baseURL: "http://127.0.0.1",
  database: new DatabaseSync(process.env.BENCH_DATABASE),
  emailAndPassword: { enabled: true },
  plugins: [apiKey({ rateLimit: { enabled: true, timeWindow: 1000, maxRequests: 1_000_000 } })],
};
const { runMigrations } = await getMigrations(options);
await runMigrations();
const auth = betterAuth(options);
const { user } = await auth.api.signUpEmail({
  body: { name: "bench", email: "bench@example.com", password: "not to be guessed" },
});
const { key } = await auth.api.createApiKey({ body: { userId: user.id, name: "bench" } });
writeFileSync(process.env.KEY_FILE, key);

createServer(async (req, res) => {
  const { valid } = await auth.api.verifyApiKey({ body: { key: req.headers["x-api-key"] ?? "" } });
  const text = JSON.stringify(valid ? data() : UNAUTHORIZED);
  res.writeHead(valid ? 200 : 401, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  res.end(text);
}).listen(Number(process.env.PORT), "127.0.0.1");
