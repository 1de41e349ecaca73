import type { RawCase } from "../../support/wire/raw-cases.ts";

/* The framing of messages (RFC 9112). */

const HOST = "Host: localhost\r\n";
const JSON_TYPE = "Content-Type: application/json\r\n";

/** A GET of /data with these header lines. */
const get =
  (lines: string, target = "/data", version = "HTTP/1.1") =>
  (key: string) =>
    `GET ${target} ${version}\r\n${lines}${key}\r\n`;

/** A POST to /v1/clients with these header lines and this body, even if they contradict each other. */
const post =
  (lines: string, body = "") =>
  (key: string) =>
    `POST /v1/clients HTTP/1.1\r\n${HOST}${JSON_TYPE}${lines}${key}\r\n${body}`;

const MALFORMED = { status: 400, code: "request-malformed", headers: { connection: "close" } } as const;
const KEYED = { status: [401, 401, 200] } as const;
const NOT_IMPLEMENTED = { status: 501, code: "not-implemented", headers: { connection: "close" } } as const;

/** A body for a new client, with a new name each time: the same name again would be a conflict. */
let count = 0;
const named = () => `{"name":"client ${++count}"}`;
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

export const LENGTHS: readonly RawCase[] = [
  [
    "Content-Length beside Transfer-Encoding",
    post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    MALFORMED,
  ],
  [
    "Transfer-Encoding beside Content-Length",
    post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n"),
    MALFORMED,
  ],
  ["two different Content-Length", post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}x"), MALFORMED],
  ["the same Content-Length twice", post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"), MALFORMED],
  ["a list of Content-Length", post("Content-Length: 2, 2\r\n", "{}"), MALFORMED],
  ["a signed Content-Length", post("Content-Length: +2\r\n", "{}"), MALFORMED],
  ["a negative Content-Length", post("Content-Length: -2\r\n", "{}"), MALFORMED],
  ["a hexadecimal Content-Length", post("Content-Length: 0x2\r\n", "{}"), MALFORMED],
  ["an empty Content-Length", post("Content-Length:\r\n", "{}"), MALFORMED],
  ["an enormous Content-Length", post("Content-Length: 99999999999999999999999\r\n", "{}"), MALFORMED],
  [
    "chunks in HTTP/1.0",
    (key) => `POST /v1/clients HTTP/1.0\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\n${key}\r\n0\r\n\r\n`,
    MALFORMED,
  ],
  [
    "a Transfer-Encoding that does not end in chunked",
    post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"),
    MALFORMED,
  ],
  ["a Transfer-Encoding that only looks like chunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), MALFORMED],
  ["Transfer-Encoding: identity", post("Transfer-Encoding: identity\r\n"), MALFORMED],
  [
    "a Transfer-Encoding with another coding before chunked",
    post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
    NOT_IMPLEMENTED,
  ],
  [
    "two Transfer-Encoding lines",
    post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    MALFORMED,
  ],
];

/** The key is checked before the body is read. */
const MALFORMED_BODY = {
  status: [401, 401, 400],
  code: ["key-missing", "key-invalid", "request-malformed"],
} as const;

export const CHUNKS: readonly RawCase[] = [
  [
    "valid chunks",
    (key) => post("Transfer-Encoding: chunked\r\n", `${chunk(named())}0\r\n\r\n`)(key),
    { status: [401, 401, 201] },
  ],
  [
    "chunks with an extension",
    (key) => {
      const text = named();
      return post("Transfer-Encoding: chunked\r\n", `${text.length.toString(16)};a=b\r\n${text}\r\n0\r\n\r\n`)(key);
    },
    { status: [401, 401, 201] },
  ],
  ["a chunk with an invalid size", post("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"), MALFORMED_BODY],
  ["a chunk of a negative size", post("Transfer-Encoding: chunked\r\n", "-2\r\n{}\r\n0\r\n\r\n"), MALFORMED_BODY],
  [
    "a chunk with an enormous size",
    post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
    MALFORMED_BODY,
  ],
  [
    "a chunk that is longer than it says",
    post("Transfer-Encoding: chunked\r\n", "1\r\n{}\r\n0\r\n\r\n"),
    MALFORMED_BODY,
  ],
  ["chunks ended by bare line feeds", post("Transfer-Encoding: chunked\r\n", "2\n{}\n0\n\n"), MALFORMED_BODY],
  [
    "20 KiB of chunk extensions",
    post("Transfer-Encoding: chunked\r\n", `2;${"x".repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
    { status: [401, 401, 413], code: ["key-missing", "key-invalid", "content-too-large"] },
  ],
  [
    "a key in a trailer",
    (key) => `${post("Transfer-Encoding: chunked\r\nTrailer: x-api-key\r\n")("")}${chunk(named())}0\r\n${key}\r\n`,
    { status: 401, code: "key-missing" },
  ],
  [
    "trailers with a key in the header",
    (key) => post("Transfer-Encoding: chunked\r\n", `${chunk(named())}0\r\nX-Odd: 1\r\n\r\n`)(key),
    { status: [401, 401, 201] },
  ],
];

export const LINES: readonly RawCase[] = [
  ["a space before a colon", get(`${HOST}X-Odd : 1\r\n`), MALFORMED],
  ["a folded line", get(`${HOST}X-Odd: 1\r\n 2\r\n`), MALFORMED],
  ["a line that begins with a space", get(` X-Odd: 1\r\n${HOST}`), MALFORMED],
  ["a header without a colon", get(`${HOST}X-Odd\r\n`), MALFORMED],
  ["a header without a name", get(`${HOST}: 1\r\n`), MALFORMED],
  ["a header with an invalid name", get(`${HOST}X(Odd): 1\r\n`), MALFORMED],
  ["NUL in a header", get(`${HOST}X-Odd: a\0b\r\n`), MALFORMED],
  ["a bare carriage return in a header", get(`${HOST}X-Odd: a\rb\r\n`), MALFORMED],
  ["bare line feeds", (key) => `GET /data HTTP/1.1\n${HOST.replace("\r", "")}${key.replace("\r", "")}\n`, MALFORMED],
  ["20 KiB in a header", get(`${HOST}X-Odd: ${"x".repeat(20_000)}\r\n`), { status: 431, code: "headers-too-large" }],
  [
    "24 KiB of small headers",
    get(`${HOST}${"X-Odd: 1\r\n".repeat(4_000)}`),
    { status: 431, code: "headers-too-large" },
  ],
  ["20 KiB of a target", get(HOST, `/data?${"x".repeat(20_000)}`), { status: 431, code: "headers-too-large" }],
  ["8,000 octets of a target", get(HOST, `/${"x".repeat(8_000)}`), { status: 404 }],
  ["two Content-Type", post(`${JSON_TYPE}Content-Length: 2\r\n`, "{}"), MALFORMED],
  ["2,500 tiny headers before the key", get(`${HOST}${"a:\r\n".repeat(2_500)}`), KEYED],
  ["a Connection header that names the key", get(`${HOST}Connection: x-api-key\r\n`), KEYED],
];

export const HOSTS: readonly RawCase[] = [
  ["no Host", get(""), MALFORMED],
  ["no Host in HTTP/1.0", get("", "/data", "HTTP/1.0"), KEYED],
  ["two Hosts", get(`${HOST}${HOST}`), MALFORMED],
  ["two different Hosts", get(`${HOST}Host: evil.example\r\n`), MALFORMED],
  ["an empty Host", get("Host:\r\n"), MALFORMED],
  ["a Host with a path", get("Host: evil.example/@x y\r\n"), MALFORMED],
  ["a Host with a user", get("Host: user@localhost\r\n"), MALFORMED],
  ["a Host with an invalid port", get("Host: localhost:http\r\n"), MALFORMED],
  ["a Host with half an address", get("Host: [::1\r\n"), MALFORMED],
  ["a list of Hosts", get("Host: a, b\r\n"), MALFORMED],
  ["a Host with a port", get("Host: localhost:8080\r\n"), KEYED],
  ["an IPv6 Host", get("Host: [::1]:8080\r\n"), KEYED],
  ["another Host", get("Host: elsewhere.example\r\n"), KEYED],
  ["an absolute target of another Host", get(HOST, "http://elsewhere.example/data"), KEYED],
  ["an absolute target and two Hosts", get(`${HOST}${HOST}`, "http://localhost/data"), MALFORMED],
];

export const VERSIONS: readonly RawCase[] = [
  ["HTTP/2.0 in words", get(HOST, "/data", "HTTP/2.0"), MALFORMED],
  ["HTTP/1.2", get(HOST, "/data", "HTTP/1.2"), MALFORMED],
  ["HTTP/0.9", () => "GET /data\r\n\r\n", MALFORMED],
  ["a version in lower case", get(HOST, "/data", "http/1.1"), MALFORMED],
  ["a version of another protocol", get(HOST, "/data", "ICE/1.0"), MALFORMED],
  ["the preface of HTTP/2", () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", MALFORMED],
  ["TLS to a port without TLS", () => Buffer.from("16030100ce010000ca0303", "hex"), MALFORMED],
  ["an unknown method", (key) => `FOO /data HTTP/1.1\r\n${HOST}${key}\r\n`, NOT_IMPLEMENTED],
  ["a method in lower case", (key) => `get /data HTTP/1.1\r\n${HOST}${key}\r\n`, NOT_IMPLEMENTED],
  ["a tunnel", (key) => `CONNECT example.com:443 HTTP/1.1\r\n${HOST}${key}\r\n`, NOT_IMPLEMENTED],
  [
    "a method that the operation does not have",
    (key) => `QUERY /data HTTP/1.1\r\n${HOST}${key}\r\n`,
    { status: 405, headers: { allow: "GET, HEAD, OPTIONS" } },
  ],
  ["a WebDAV method", (key) => `PROPFIND /data HTTP/1.1\r\n${HOST}${key}\r\n`, { status: 405 }],
  ["TRACE", (key) => `TRACE /data HTTP/1.1\r\n${HOST}${key}\r\n`, { status: 405 }],
  ["a method in a header", get(`${HOST}X-HTTP-Method-Override: DELETE\r\nX-Method-Override: DELETE\r\n`), KEYED],
  ["a method in the query", get(HOST, "/data?_method=DELETE"), { status: [401, 401, 400] }],
  [
    "an upgrade to WebSocket",
    get(
      `${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n`,
    ),
    { status: [401, 401, 400], code: ["key-missing", "key-invalid", "upgrade-refused"] },
  ],
  [
    "an upgrade to HTTP/2",
    get(`${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n`),
    KEYED,
  ],
];

export const EXPECTATIONS: readonly RawCase[] = [
  [
    "Expect: 100-continue, the body withheld",
    post("Expect: 100-continue\r\nContent-Length: 100000000\r\n"),
    { status: [401, 401, 413], headers: { connection: "close" } },
  ],
  ["another expectation", get(`${HOST}Expect: miracles\r\n`), { status: 417, code: "expectation-failed" }],
  ["Expect: 100-continue without a body", get(`${HOST}Expect: 100-continue\r\n`), KEYED],
];

export const PIPELINES: readonly RawCase[] = [
  [
    "a request in the body of a refused one",
    (key) => {
      const inner = `GET /healthz HTTP/1.1\r\n${HOST}\r\n`;
      return `POST /nothing HTTP/1.1\r\n${HOST}Content-Length: ${inner.length}\r\n${key}\r\n${inner}`;
    },
    { status: 404, responses: 1 },
  ],
  [
    "a request after a small refused one",
    (key) => `POST /nothing HTTP/1.1\r\n${HOST}Content-Length: 2\r\n${key}\r\n{}GET /healthz HTTP/1.1\r\n${HOST}\r\n`,
    { status: 404, responses: 2 },
  ],
  [
    "a request after a large refused one",
    (key) =>
      `POST /nothing HTTP/1.1\r\n${HOST}Content-Length: 70000\r\n${key}\r\n${"x".repeat(70_000)}GET /healthz HTTP/1.1\r\n${HOST}\r\n`,
    { status: 404, responses: 1, headers: { connection: "close" } },
  ],
  [
    "a request after refused chunks",
    (key) =>
      `POST /nothing HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n${key}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n${HOST}\r\n`,
    { status: 404, responses: 1, headers: { connection: "close" } },
  ],
  [
    "nonsense after a good request",
    (key) => `GET /healthz HTTP/1.1\r\n${HOST}${key}\r\n\x01\x02\x03\r\n\r\n`,
    { status: 200, responses: 2 },
  ],
  [
    "an upgrade request, and a request after it",
    (key) =>
      `GET /healthz HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\nGET /healthz HTTP/1.1\r\n${HOST}\r\n`,
    { status: 400, code: "upgrade-refused", responses: 1, headers: { connection: "close" } },
  ],
  [
    "requests before a tunnel",
    (key) =>
      `GET /healthz HTTP/1.1\r\n${HOST}${key}\r\nGET /healthz HTTP/1.1\r\n${HOST}\r\nCONNECT a:80 HTTP/1.1\r\n\r\n`,
    { status: 200, responses: 3 },
  ],
  [
    "an undeclared body that is short, and cut short",
    (key) => `GET /healthz HTTP/1.1\r\n${HOST}Content-Length: 10\r\n${key}\r\n12345`,
    { status: 408, code: "request-timeout", responses: 1 },
  ],
  [
    "an undeclared body that is cut short after its response",
    (key) => `GET /healthz HTTP/1.1\r\n${HOST}Content-Length: 100\r\n${key}\r\n12345`,
    { status: 400, code: "request-invalid", responses: 1 },
  ],
  [
    "a request after a malformed one",
    (key) => `GET /data HTTP/1.1\r\n${HOST}${HOST}${key}\r\nGET /healthz HTTP/1.1\r\n${HOST}\r\n`,
    { ...MALFORMED, responses: 1 },
  ],
];
