// Makes the calls of a client with fetch, and prints the responses as JSON: node calls.js SHOP URL [KEY]
const [shop, url, key] = process.argv.slice(2);

const json = (value) => ({ body: JSON.stringify(value), headers: { "content-type": "application/json" } });

const CALLS = {
  fastify: [
    ["GET", "/items"],
    ["GET", `/items?${new URLSearchParams({ q: "a b+c&ü", limit: "7" })}`],
    ["GET", "/items?ids=1&ids=2"],
    ["POST", "/items", json({ name: "Ü", price: 1.5, tags: ["a"], sold: "2026-01-01T10:00:00Z" })],
    ["POST", "/items", json({ name: "x", sold: null })],
    ["GET", "/items/7"],
    ["GET", "/items/404"],
    ["DELETE", "/items/7"],
    ["POST", "/search", { body: new URLSearchParams({ q: "a b+ü", page: "2" }) }],
    ["GET", "/me", { headers: { cookie: "sid=s3cr3t" } }],
    ["GET", "/me", { headers: { cookie: "sid=wrong" } }],
  ],
  nest: [
    ["GET", "/api/v1/items"],
    ["GET", `/api/v1/items?${new URLSearchParams({ q: "a b+c&ü", limit: "7" })}`],
    ["POST", "/api/v1/items", json({ name: "Ü", price: 1.5, colour: "red", tags: ["a", "b"] })],
    ["GET", "/api/v1/items/7"],
    ["GET", "/api/v1/items/404"],
    ["PATCH", "/api/v1/items/7", json({ price: 2 })],
    ["DELETE", "/api/v1/items/7"],
    ["GET", "/api/v1/me", { headers: { authorization: "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln" } }],
    ["GET", "/api/v1/me", { headers: { authorization: "Bearer wrong" } }],
    ["GET", "/api/v1/me"],
  ],
};

// Of the connection and of this moment.
const IGNORED = ["date", "connection", "transfer-encoding", "content-length", "keep-alive"];

const responses = [];
for (const [method, path, { body, headers = {} } = {}] of CALLS[shop]) {
  const all = key === undefined ? headers : { ...headers, "x-api-key": key };
  const response = await fetch(`${url}${path}`, { method, headers: all, ...(body !== undefined && { body }) });
  responses.push({
    call: `${method} ${path}`,
    status: response.status,
    headers: Object.fromEntries([...response.headers].filter(([name]) => !IGNORED.includes(name))),
    body: await response.text(),
  });
}
console.log(JSON.stringify(responses));
