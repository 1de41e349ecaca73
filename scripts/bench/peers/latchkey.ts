// Latchkey with the contract of the benchmark, a handler for each operation, and everything that is on by default.
import { latchkey } from "../../../src/middleware.ts";

type Item = {
  readonly path: { readonly itemId: string };
  readonly query: { readonly limit: number; readonly sort: string };
};
type Order = { readonly body: { readonly lines: readonly { readonly pieces: number }[] } };

const things = ({ path: { itemId }, query: { limit, sort } }: Item) => ({ status: 200, body: { itemId, limit, sort } });
const numbers = Array.from({ length: Number(process.env["BENCH_OPERATIONS"]) - 3 }, (_, at) => at + 4);
const handlers = {
  ...Object.fromEntries(numbers.map((number) => [`getThing${number}`, things])),
  getData: () => ({ status: 200, body: { message: "Access granted", data: [1, 2, 3] } }),
  getItem: things,
  createOrder: ({ body: { lines } }: Order) => ({
    status: 201,
    body: { orderId: "ord_1", pieces: lines.reduce((sum, { pieces }) => sum + pieces, 0) },
  }),
};

// The contract is created at run time, so its types are unknown here.
const keys = await latchkey({ contract: String(process.env["BENCH_CONTRACT"]), handlers: handlers as never });
const listener = keys.createServer((req, res) => keys(req, res, () => void res.writeHead(404).end()));
listener.listen(Number(process.env["PORT"]), "127.0.0.1");
process.once("SIGTERM", () => void keys.close());
