// fastify with fastify-openapi-glue as in its documentation.
import fastify from "fastify";
import openapiGlue from "fastify-openapi-glue";
import { data, item, KEYS, order, UNAUTHORIZED } from "./responses.mjs";

const things = async ({ params, query }) => item(params.itemId, query.limit, query.sort);
const numbers = Array.from({ length: Number(process.env.BENCH_OPERATIONS) }, (_, at) => at + 1);
const app = fastify({ ajv: { customOptions: { strict: false } } });
app.setErrorHandler((error, _req, reply) => reply.code(error.statusCode ?? 500).send(UNAUTHORIZED));
app.register(openapiGlue, {
  specification: process.env.BENCH_CONTRACT,
  serviceHandlers: {
    ...Object.fromEntries(numbers.map((number) => [`getThing${number}`, things])),
    getData: async () => data(),
    getItem: things,
    createOrder: async ({ body }, reply) => reply.code(201).send(order(body)),
  },
  securityHandlers: {
    ApiKey: async ({ headers }) => {
      if (!KEYS.has(headers["x-api-key"])) throw Object.assign(new Error("Unauthorized"), { statusCode: 401 });
    },
  },
});
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
