// Fastify with its proxy and its rate limit, and a key check before both. It validates nothing.
import httpProxy from "@fastify/http-proxy";
import rateLimit from "@fastify/rate-limit";
import fastify from "fastify";
import { KEYS, UNAUTHORIZED } from "./responses.mjs";

const app = fastify();
app.addHook("onRequest", async ({ headers }, reply) => {
  if (!KEYS.has(headers["x-api-key"])) return reply.code(401).send(UNAUTHORIZED);
});
await app.register(rateLimit, {
  max: 1_000_000_000,
  timeWindow: "1 minute",
  keyGenerator: ({ headers }) => headers["x-api-key"],
});
await app.register(httpProxy, { upstream: process.env.BENCH_UPSTREAM, undici: { connections: 256, pipelining: 1 } });
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
