// A gateway of stock parts: Express, express-openapi-validator and http-proxy-middleware, as in their documentation.
import { Agent } from "node:http";
import express from "express";
import { middleware } from "express-openapi-validator";
import { createProxyMiddleware, fixRequestBody } from "http-proxy-middleware";
import { KEYS } from "./responses.mjs";

const app = express();
app.use(express.json());
app.use(
  middleware({
    apiSpec: process.env.BENCH_CONTRACT,
    validateRequests: true,
    validateResponses: false,
    validateSecurity: { handlers: { ApiKey: (req) => KEYS.has(req.get("x-api-key")) } },
  }),
);
app.use(
  createProxyMiddleware({
    target: process.env.BENCH_UPSTREAM,
    agent: new Agent({ keepAlive: true, maxSockets: 256 }),
    on: { proxyReq: fixRequestBody },
  }),
);
app.use((error, _req, res, _next) => res.status(error.status ?? 500).json({ error: error.message }));
app.listen(Number(process.env.PORT), "127.0.0.1");
