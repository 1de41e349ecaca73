// Generates the contract of an imaginary API, as large as wanted. As a script it writes one to a file:
//   node scripts/bench/contract-of.ts 300 /tmp/openapi.yaml
import { writeFileSync } from "node:fs";
import { stringify } from "yaml";
import type { JsonObject } from "../../src/contract/document/json.ts";

/**
 * An OpenAPI document with this many operations: resources of six operations each, whose schemas refer to components
 * that all of them share. The path of the first operation is `/resources0`, its id `listResources0`, its scope
 * `api:read`; those that change something need `api:write`. It passes the checks strictly.
 */
export function contractOf(operations: number): JsonObject {
  const names = Array.from({ length: Math.ceil(operations / METHODS_OF_RESOURCE) }, (_, index) => `Resources${index}`);
  let left = operations;
  const take = (entries: readonly (readonly [string, JsonObject])[]) => {
    const taken = entries.slice(0, left);
    left -= taken.length;
    return Object.fromEntries(taken);
  };
  const paths = names.flatMap((name) => {
    const base = `/${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    return [[base, take(onCollection(name))] as const, [`${base}/{id}`, take(onMember(name))] as const];
  });
  return {
    openapi: "3.1.1",
    info: { title: `An API with ${operations} operations`, version: "1.0.0" },
    servers: [{ url: "/" }],
    paths: Object.fromEntries(paths.filter(([, item]) => Object.keys(item).length > 0)),
    components: {
      securitySchemes: {
        ApiKey: {
          type: "apiKey",
          in: "header",
          name: "x-api-key",
          "x-scopes": { "api:read": "Read everything.", "api:write": "Change everything." },
        },
      },
      parameters: PARAMETERS,
      responses: RESPONSES,
      schemas: { ...SHARED_SCHEMAS, ...Object.fromEntries(names.flatMap(schemasOf)) },
    },
  };
}

/** Writes the contract with this many operations to `path`, as YAML. */
export function writeContract(path: string, operations: number) {
  writeFileSync(path, stringify(contractOf(operations), { aliasDuplicateObjects: false }));
}

const METHODS_OF_RESOURCE = 6;

const ref = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });
const schema = (name: string) => ref("schemas", name);
const json = (name: string) => ({ "application/json": { schema: schema(name) } });
const needs = (scope: string) => [{ ApiKey: [scope] }];

const FAILURES = {
  401: ref("responses", "Unauthorized"),
  403: ref("responses", "Forbidden"),
  429: ref("responses", "TooManyRequests"),
  default: ref("responses", "AnyProblem"),
};

function onCollection(name: string): readonly (readonly [string, JsonObject])[] {
  const list = {
    operationId: `list${name}`,
    summary: `List ${name}`,
    description: `Lists ${name}, the newest first.`,
    tags: [name],
    security: needs("api:read"),
    parameters: [ref("parameters", "Limit"), ref("parameters", "Cursor"), ref("parameters", "Search"), STATUS],
    responses: { 200: { description: "A page.", content: json(`${name}Page`) }, ...FAILURES },
  };
  const create = {
    operationId: `create${name}`,
    summary: `Create one of ${name}`,
    tags: [name],
    security: needs("api:write"),
    requestBody: { required: true, content: json(`New${name}`) },
    responses: { 201: { description: "Created.", content: json(name) }, ...FAILURES },
  };
  return [
    ["get", list],
    ["post", create],
  ];
}

function onMember(name: string): readonly (readonly [string, JsonObject])[] {
  const common = { tags: [name], parameters: [ref("parameters", "Id")] };
  const found = { 200: { description: "The resource.", content: json(name) }, ...FAILURES };
  const change = (verb: string, body: string) => ({
    operationId: `${verb}${name}`,
    summary: `Change one of ${name}`,
    ...common,
    security: needs("api:write"),
    requestBody: { required: true, content: json(body) },
    responses: found,
  });
  return [
    [
      "get",
      { operationId: `get${name}`, summary: `Read one`, ...common, security: needs("api:read"), responses: found },
    ],
    ["put", change("replace", `New${name}`)],
    ["patch", change("update", `${name}Change`)],
    [
      "delete",
      {
        operationId: `delete${name}`,
        summary: `Delete one`,
        ...common,
        security: needs("api:write"),
        responses: { 204: { description: "Deleted." }, ...FAILURES },
      },
    ],
  ];
}

const STATUS = {
  name: "status",
  in: "query",
  description: "Only those with this status.",
  schema: { type: "string", enum: ["open", "paid", "cancelled"] },
};

const PARAMETERS = {
  Id: { name: "id", in: "path", required: true, schema: schema("Id") },
  Limit: { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 100, default: 20 } },
  Cursor: { name: "cursor", in: "query", schema: { type: "string", maxLength: 200, pattern: "^[0-9A-Za-z_-]+$" } },
  Search: { name: "search", in: "query", schema: { type: "string", minLength: 1, maxLength: 100 } },
};

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: schema("Problem") } },
});

const RESPONSES = {
  Unauthorized: problem("The key is missing or not valid."),
  Forbidden: problem("The key has not the scope."),
  TooManyRequests: problem("A limit is reached."),
  AnyProblem: problem("Another problem."),
};

const text = (maxLength: number, others: JsonObject = {}) => ({ type: "string", minLength: 1, maxLength, ...others });

const SHARED_SCHEMAS = {
  Id: text(26, { pattern: "^[0-9A-HJKMNP-TV-Z]{26}$", examples: ["01ARZ3NDEKTSV4RRFFQ69G5FAV"] }),
  Instant: text(40, { format: "date-time" }),
  Currency: { type: "string", enum: ["EUR", "GBP", "JPY", "USD"] },
  Money: {
    type: "object",
    additionalProperties: false,
    required: ["amount", "currency"],
    properties: {
      amount: { type: "integer", minimum: 0, maximum: 1_000_000_000_000 },
      currency: schema("Currency"),
    },
  },
  Address: {
    type: "object",
    additionalProperties: false,
    required: ["street", "city", "country"],
    properties: {
      street: text(200),
      city: text(100),
      postcode: text(20, { pattern: "^[0-9A-Za-z -]+$" }),
      country: text(2, { pattern: "^[A-Z]{2}$" }),
    },
  },
  Person: {
    type: "object",
    additionalProperties: false,
    required: ["name"],
    properties: {
      id: schema("Id"),
      name: text(200),
      email: text(200, { format: "email" }),
      address: schema("Address"),
    },
  },
  Labels: {
    type: "object",
    maxProperties: 20,
    propertyNames: { type: "string", maxLength: 40 },
    additionalProperties: text(200),
  },
  Problem: {
    type: "object",
    required: ["type", "title", "status"],
    properties: {
      type: text(200, { format: "uri-reference" }),
      title: text(200),
      status: { type: "integer", minimum: 400, maximum: 599 },
      detail: text(1000),
      code: text(100),
      requestId: text(100),
    },
  },
};

/** What a resource is, what creates one, what changes one, and a page of them. */
function schemasOf(name: string): readonly (readonly [string, JsonObject])[] {
  const written = {
    name: text(200, { description: `The name of one of ${name}.` }),
    note: { type: ["string", "null"], maxLength: 2000 },
    price: schema("Money"),
    owner: schema("Person"),
    labels: schema("Labels"),
    status: { type: "string", enum: ["open", "paid", "cancelled"], default: "open" },
    lines: { type: "array", maxItems: 100, items: schema(`${name}Line`) },
  };
  const line = { sku: text(40, { pattern: "^[A-Z0-9-]+$" }), count: { type: "integer", minimum: 1, maximum: 1000 } };
  const closed = { type: "object", additionalProperties: false };
  const stamped = { id: schema("Id"), createdAt: schema("Instant"), updatedAt: schema("Instant") };
  return [
    [`${name}Line`, { ...closed, required: ["sku", "count"], properties: { ...line, price: schema("Money") } }],
    [`New${name}`, { ...closed, required: ["name", "price"], properties: written }],
    [`${name}Change`, { ...closed, minProperties: 1, properties: written }],
    [name, { ...closed, required: ["id", "name", "price", "createdAt"], properties: { ...stamped, ...written } }],
    [
      `${name}Page`,
      {
        ...closed,
        required: ["items", "nextCursor"],
        properties: {
          items: { type: "array", maxItems: 100, items: schema(name) },
          nextCursor: { type: ["string", "null"], maxLength: 200 },
        },
      },
    ],
  ];
}

if (import.meta.main) {
  const [operations, path] = process.argv.slice(2);
  if (path === undefined || !(Number(operations) >= 1)) throw new Error("Give a number of operations, and a file.");
  writeContract(path, Number(operations));
}
