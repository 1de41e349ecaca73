import express from "express";
import { callOf, latchkey } from "latchkey";
import type { operations } from "./types.ts";

const BOOKS = new Map([["1", { id: "1", title: "The Left Hand of Darkness" }]]);

const keys = await latchkey<operations>({
  contract: "openapi.yaml",
  // Typed by the contract: a status, a field or a parameter that it does not declare does not compile.
  handlers: {
    getBook: ({ path }) => {
      const book = BOOKS.get(path.bookId);
      return book ? { status: 200, body: book } : { status: 404, body: { reason: "There is no such book." } };
    },
  },
  publicHandlers: {
    getOpeningHours: () => ({ status: 200, body: "9 to 5" }),
  },
});

const app = express();
app.get("/", (_req, res) => void res.send("The library"));
app.use(keys);
// What has no handler goes on to the routes of the app.
app.post("/loans", (req, res) => {
  const { key } = callOf(req);
  res.status(201).json({ ...req.body, borrower: key?.client.name });
});

keys.createServer(app).listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
process.once("SIGTERM", () => void keys.close());
