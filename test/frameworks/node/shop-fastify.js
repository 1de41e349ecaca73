// A shop in Fastify with @fastify/swagger: nothing here knows of Latchkey.
import formbody from "@fastify/formbody";
import swagger from "@fastify/swagger";
import Fastify from "fastify";

const [port] = process.argv.slice(2);
const app = Fastify();
await app.register(formbody);
await app.register(swagger, {
  openapi: {
    openapi: "3.1.0",
    info: { title: "Shop", version: "1.0.0" },
    components: { securitySchemes: { session: { type: "apiKey", in: "cookie", name: "sid" } } },
  },
});
app.get("/documentation/json", { schema: { hide: true } }, () => app.swagger());

const item = {
  $id: "Item",
  type: "object",
  required: ["name"],
  additionalProperties: false,
  properties: {
    name: { type: "string", minLength: 1 },
    price: { type: "number", exclusiveMinimum: 0 },
    tags: { type: "array", items: { type: "string" } },
    sold: { type: ["string", "null"], format: "date-time" },
  },
};
app.addSchema(item);

await app.register(async (shop) => {
  shop.get(
    "/items",
    {
      schema: {
        tags: ["items"],
        querystring: {
          type: "object",
          properties: {
            q: { type: "string" },
            ids: { type: "array", items: { type: "integer" } },
            limit: { type: "integer", minimum: 1, maximum: 100, default: 10 },
          },
        },
      },
    },
    ({ query }) => query,
  );
  shop.post("/items", { schema: { tags: ["items"], body: { $ref: "Item#" } } }, ({ body }, reply) =>
    reply.code(201).header("location", "/items/1").send(body),
  );
  shop.get(
    "/items/:id",
    { schema: { params: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] } } },
    ({ params }, reply) => (params.id === 404 ? reply.code(404).send({ error: "none" }) : params),
  );
  shop.delete(
    "/items/:id",
    { schema: { params: { type: "object", properties: { id: { type: "integer" } } } } },
    (_, reply) => reply.code(204).send(),
  );
  shop.post(
    "/search",
    {
      schema: {
        consumes: ["application/x-www-form-urlencoded"],
        body: { type: "object", properties: { q: { type: "string" }, page: { type: "integer" } } },
      },
    },
    ({ body }) => body,
  );
  shop.get("/me", { schema: { security: [{ session: [] }] } }, ({ headers }, reply) =>
    headers.cookie === "sid=s3cr3t" ? { name: "ada" } : reply.code(401).send({ error: "log in" }),
  );
});
await app.listen({ port: Number(port), host: "127.0.0.1" });
