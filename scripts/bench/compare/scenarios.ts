/** A request, and the expected response. */
export type Request = {
  readonly method: "GET" | "POST";
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  /** Undefined: any body, because the text of a refusal differs between servers. */
  readonly expected?: unknown;
  /** Keys that are sent one after the other, instead of the one in the headers. */
  readonly keys?: readonly string[];
  /** Sends each of `keys` only once, and stops after the last one. */
  readonly once?: boolean;
};

/** The keys of the benchmark. */
export type Secrets = {
  /** Of a client with three limits that are never reached. */
  readonly ample: string;
  /** Of a client that may send one request a day. */
  readonly tiny: string;
  /** Well-formed, but never issued. */
  readonly unknown: string;
  /** Of the service with its own contract, with a limit and a quota that are never reached. */
  readonly service: string;
};

/** @param keys the keys that are in use, if there are many. */
type MakeRequest = (secrets: Secrets, operations: number, keys: readonly string[]) => Request;

const ITEM = { itemId: "item-42", limit: 50, sort: "date" };
const DATA = { message: "Access granted", data: [1, 2, 3] };

/** As long as a short JSON Web Token; only an upstream or a handler would check it. */
const LOGIN = `eyJhbGciOiJIUzI1NiJ9.${"e".repeat(120)}.${"s".repeat(43)}`;

const ORDER = JSON.stringify({
  customer: { name: "Ada Lovelace", email: "ada@example.com" },
  lines: [
    { article: "punched-card", pieces: 500 },
    { article: "gear-wheel", pieces: 12 },
  ],
  note: "For the analytical engine; deliver to the yard.",
});

/** The request of each scenario, by name, for the given keys and number of operations. */
const BY_NAME = {
  "keyed GET": ({ ample }) => get("/data", ample, { status: 200, expected: DATA }),
  "GET with parameters": ({ ample }) =>
    get("/items/item-42?limit=50&sort=date", ample, { status: 200, expected: ITEM }),
  "plain search": ({ ample }) =>
    get("/search?q=two-words&tag=a&tag=b", ample, { status: 200, expected: { q: "two-words", tags: ["a", "b"] } }),
  "search to decode": ({ ample }) =>
    get("/search?q=two%20words&tag=a&tag=b", ample, { status: 200, expected: { q: "two words", tags: ["a", "b"] } }),
  "public operation": () => ({ method: "GET", target: "/public", headers: {}, status: 200, expected: DATA }),
  "key and login": ({ ample }) => ({
    method: "GET",
    target: "/with-login",
    headers: { "x-api-key": ample, authorization: `Bearer ${LOGIN}` },
    status: 200,
    expected: DATA,
  }),
  "alternative scopes": ({ ample }) => get("/either", ample, { status: 200, expected: DATA }),
  "POST of JSON": ({ ample }) => ({
    method: "POST",
    target: "/orders",
    headers: { "x-api-key": ample, "content-type": "application/json" },
    body: ORDER,
    status: 201,
    expected: { orderId: "ord_1", pieces: 512 },
  }),
  "no key": () => ({ method: "GET", target: "/data", headers: {}, status: 401 }),
  "malformed key": () => get("/data", "not-a-key", { status: 401 }),
  "unknown key": ({ unknown }) => get("/data", unknown, { status: 401 }),
  "over the limit": ({ tiny }) => get("/data", tiny, { status: 429 }),
  "the last operation": ({ ample }, operations) =>
    get(`/things-${operations}/item-42?limit=50&sort=date`, ample, { status: 200, expected: ITEM }),
  "one of many keys": (_, __, keys) => get("/data", keys[0] ?? "", { status: 200, expected: DATA }),
  "many keys": (_, __, keys) => ({ ...get("/data", keys[0] ?? "", { status: 200, expected: DATA }), keys }),
  "of the service": ({ service }) => get("/data", service, { status: 200, expected: DATA }),
} as const satisfies Readonly<Record<string, MakeRequest>>;

export type Scenario = keyof typeof BY_NAME;

export const REQUESTS: Readonly<Record<Scenario, MakeRequest>> = BY_NAME;

function get(target: string, key: string, expected: Pick<Request, "status" | "expected">): Request {
  return { method: "GET", target, headers: { "x-api-key": key }, ...expected };
}
