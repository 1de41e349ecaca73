// Express with its defaults, and a hand-written check.
import express from "express";
import { data, item, KEYS, order, UNAUTHORIZED } from "./responses.mjs";

const app = express();
app.use((req, res, next) => (KEYS.has(req.get("x-api-key")) ? next() : res.status(401).json(UNAUTHORIZED)));
app.use(express.json());
app.get("/data", (_req, res) => res.json(data()));
app.get("/items/:itemId", (req, res) => res.json(item(req.params.itemId, Number(req.query.limit), req.query.sort)));
app.post("/orders", (req, res) => res.status(201).json(order(req.body)));
app.listen(Number(process.env.PORT), "127.0.0.1");
