const KEYED = [{ ApiKey: ["bench:use"] }];

const SCOPES = { "bench:use": "Use it.", "bench:other": "Use it too." };

const UNREACHABLE_LIMITS = {
  perKey: { per: "key", requests: 1_000_000_000, windowSeconds: 60, burst: 1_000_000 },
  perClient: { per: "client", requests: 1_000_000_000, windowSeconds: 3600, burst: 1_000_000 },
};

const PLANS = {
  bench: { limits: UNREACHABLE_LIMITS, quotas: { daily: { requests: 1_000_000_000, period: "day" } } },
  tiny: { limits: { perKey: { per: "key", requests: 1, windowSeconds: 86_400, burst: 1 } } },
};

/** The operations that differ from each other; `/things-N` follow, from this number plus one. */
export const NAMED_OPERATIONS = 7;

/**
 * The contract of the benchmark in OpenAPI 3.1: a plain read, a read with parameters, a search, reads with other
 * security, a write, and further reads up to the number of operations.
 * @param operations more than `NAMED_OPERATIONS`.
 */
export function benchContract(operations: number) {
  const more = Array.from({ length: operations - NAMED_OPERATIONS }, (_, at) => at + NAMED_OPERATIONS + 1);
  return {
    openapi: "3.1.1",
    info: { title: "Benchmark", version: "1.0.0" },
    "x-latchkey": { defaultPlan: "bench", plans: PLANS },
    paths: {
      "/data": { get: dataOf("getData", KEYED) },
      "/public": { get: dataOf("getPublic", []) },
      "/either": { get: dataOf("getEither", [{ ApiKey: ["bench:other"] }, ...KEYED]) },
      "/with-login": { get: dataOf("getWithLogin", [{ ...KEYED[0], login: [] }]) },
      "/items/{itemId}": { get: readOf("getItem") },
      "/search": { get: SEARCH },
      "/orders": { post: { ...WRITE, security: KEYED, responses: responsesOf("201", "OrderReceipt") } },
      ...Object.fromEntries(more.map((number) => [`/things-${number}/{itemId}`, { get: readOf(`getThing${number}`) }])),
    },
    components: {
      securitySchemes: {
        ApiKey: { type: "apiKey", in: "header", name: "x-api-key", "x-scopes": SCOPES },
        login: { type: "http", scheme: "bearer" },
      },
      schemas: SCHEMAS,
    },
  };
}

function dataOf(operationId: string, security: readonly object[]) {
  return { operationId, security, responses: responsesOf("200", "Data") };
}

function readOf(operationId: string) {
  const parameters = [
    { name: "itemId", in: "path", required: true, schema: text(32) },
    { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 100, default: 20 } },
    { name: "sort", in: "query", schema: { type: "string", enum: ["name", "date"], default: "name" } },
  ];
  return { operationId, parameters, security: KEYED, responses: responsesOf("200", "Item") };
}

function responsesOf(status: string, schema: string) {
  const json = (name: string) => ({ "application/json": { schema: { $ref: `#/components/schemas/${name}` } } });
  return { [status]: { description: "It.", content: json(schema) } };
}

function text(maxLength: number) {
  return { type: "string", minLength: 1, maxLength };
}

function object(properties: Readonly<Record<string, unknown>>) {
  return { type: "object", required: Object.keys(properties), properties, additionalProperties: false };
}

const WRITE = {
  operationId: "createOrder",
  requestBody: {
    required: true,
    content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } },
  },
};

const SEARCH = {
  operationId: "searchItems",
  parameters: [
    { name: "q", in: "query", required: true, schema: text(100) },
    { name: "tag", in: "query", schema: { type: "array", maxItems: 10, items: text(20) } },
  ],
  security: KEYED,
  responses: responsesOf("200", "Search"),
};

const COUNT = { type: "integer", minimum: 0, maximum: 1_000_000 };

const SCHEMAS = {
  Data: object({ message: text(100), data: { type: "array", maxItems: 100, items: COUNT } }),
  Search: object({ q: text(100), tags: { type: "array", maxItems: 10, items: text(20) } }),
  Item: object({ itemId: text(32), limit: COUNT, sort: text(10) }),
  Order: object({
    customer: object({ name: text(50), email: { type: "string", format: "email", maxLength: 100 } }),
    lines: { type: "array", minItems: 1, maxItems: 20, items: object({ article: text(20), pieces: COUNT }) },
    note: text(200),
  }),
  OrderReceipt: object({ orderId: text(20), pieces: COUNT }),
};
