// Latchkey with the contract of the benchmark, a handler for each operation, and everything that is on by default.
import { latchkey } from "../../../src/middleware.ts";
import { NAMED_OPERATIONS } from "../compare/contract.ts";

type Item = {
  readonly path: { readonly itemId: string };
  readonly query: { readonly limit: number; readonly sort: string };
};
type Search = { readonly query: { readonly q: string; readonly tag?: readonly string[] } };
type Order = { readonly body: { readonly lines: readonly { readonly pieces: number }[] } };

const things = ({ path: { itemId }, query: { limit, sort } }: Item) => ({ status: 200, body: { itemId, limit, sort } });
const more = Number(process.env["BENCH_OPERATIONS"]) - NAMED_OPERATIONS;
const numbers = Array.from({ length: more }, (_, at) => at + NAMED_OPERATIONS + 1);
const data = () => ({ status: 200, body: { message: "Access granted", data: [1, 2, 3] } });
const handlers = {
  ...Object.fromEntries(numbers.map((number) => [`getThing${number}`, things])),
  getData: data,
  getEither: data,
  getWithLogin: data,
  searchItems: ({ query: { q, tag } }: Search) => ({ status: 200, body: { q, tags: tag ?? [] } }),
  getItem: things,
  createOrder: ({ body: { lines } }: Order) => ({
    status: 201,
    body: { orderId: "ord_1", pieces: lines.reduce((sum, { pieces }) => sum + pieces, 0) },
  }),
};

// The contract is created at run time, so its types are unknown here.
const keys = await latchkey({
  contract: String(process.env["BENCH_CONTRACT"]),
  handlers: handlers as never,
  publicHandlers: { getPublic: data } as never,
});
const listener = keys.createServer((req, res) => keys(req, res, () => void res.writeHead(404).end()));
listener.listen(Number(process.env["PORT"]), "127.0.0.1");
process.once("SIGTERM", () => void keys.close());
