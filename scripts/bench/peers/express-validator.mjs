// Express and express-openapi-validator as in its documentation.
import express from "express";
import { middleware } from "express-openapi-validator";
import { data, item, KEYS, order } from "./responses.mjs";

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
app.get("/data", (_req, res) => res.json(data()));
app.get("/items/:itemId", (req, res) => res.json(item(req.params.itemId, req.query.limit, req.query.sort)));
app.post("/orders", (req, res) => res.status(201).json(order(req.body)));
for (let number = 4; number <= Number(process.env.BENCH_OPERATIONS); number++) {
  app.get(`/things-${number}/:itemId`, (req, res) =>
    res.json(item(req.params.itemId, req.query.limit, req.query.sort)),
  );
}
app.use((error, _req, res, _next) => res.status(error.status ?? 500).json({ error: error.message }));
app.listen(Number(process.env.PORT), "127.0.0.1");
