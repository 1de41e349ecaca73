import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { RawCase } from "../../support/wire/raw-cases.ts";

/* Targets, parameters and bodies of requests. */

const HOST = "Host: localhost\r\n";
const get = (target: string) => (key: string) => `GET ${target} HTTP/1.1\r\n${HOST}${key}\r\n`;

const INVALID_TARGET = { status: 400, code: "target-invalid" } as const;
const REFUSED_IF_KEYED = { status: [401, 401, 400], code: ["key-missing", "key-invalid", "request-invalid"] } as const;
const KEYED = { status: [401, 401, 200] } as const;

export const TARGETS: readonly RawCase[] = [
  ["a fragment", get("/data#x"), INVALID_TARGET],
  ["a broken encoding in the path", get("/data%zz"), INVALID_TARGET],
  ["a broken encoding in the query", get("/v1/keys?cursor=%zz"), INVALID_TARGET],
  ["half an encoding", get("/data?x=%"), INVALID_TARGET],
  ["invalid UTF-8", get("/v1/keys/%ff"), INVALID_TARGET],
  ["an overlong slash", get("/v1%c0%afkey"), INVALID_TARGET],
  ["an encoded surrogate", get("/v1/keys/%ed%a0%80"), INVALID_TARGET],
  ["U+0000 in the path", get("/v1/keys/%00"), INVALID_TARGET],
  ["U+0000 in the query", get("/v1/keys?cursor=a%00"), INVALID_TARGET],
  ["another protocol", get("ftp://localhost/data"), INVALID_TARGET],
  ["a URL without a host", get("http:///data"), INVALID_TARGET],
  ["a URL with half an address", get("http://[::1/data"), INVALID_TARGET],
  ["a URL with a user", get("http://user@localhost/data"), INVALID_TARGET],
  ["a target without a slash", get("data"), { status: 400, code: "request-malformed" }],
  ["a space", get("/da ta"), { status: 400, code: "request-malformed" }],
  [
    "bytes outside ASCII",
    () => Buffer.from(`GET /d\xe4ta HTTP/1.1\r\n${HOST}\r\n`, "latin1"),
    { status: 400, code: "request-malformed" },
  ],
  ["a dot segment", get("/./data"), { status: 404 }],
  ["two dots", get("/docs/../data"), { status: 404 }],
  ["encoded dots", get("/docs/%2e%2e/data"), { status: 404 }],
  ["an encoded slash", get("/v1%2fkey"), { status: 404 }],
  ["an encoded letter", get("/%64ata"), KEYED],
  ["an encoding of an encoding", get("/%2564ata"), { status: 404 }],
  ["two slashes", get("//data"), { status: 404 }],
  ["a backslash", get("/v1\\key"), { status: 400 }],
  ["a path parameter of old", get("/data;x=1"), { status: 404 }],
  ["another case", get("/DATA"), { status: 404 }],
  ["a slash at the end", get("/data/"), { status: 404 }],
  ["a way out of the pages", get("/docs/../../package.json"), { status: 404 }],
  [
    "the server as a whole, with GET",
    (key) => `GET * HTTP/1.1\r\n${HOST}${key}\r\n`,
    { status: 400, code: "target-invalid" },
  ],
  ["the server as a whole", (key) => `OPTIONS * HTTP/1.1\r\n${HOST}${key}\r\n`, { status: 204 }],
  [
    "a path's methods",
    (key) => `OPTIONS /v1/clients HTTP/1.1\r\n${HOST}${key}\r\n`,
    { status: 204, headers: { allow: "GET, HEAD, POST, OPTIONS" } },
  ],
  ["an absolute target", get("http://localhost/data"), KEYED],
];

export const PARAMETERS: readonly RawCase[] = [
  ["a number in hexadecimal", get("/v1/keys?limit=0x10"), REFUSED_IF_KEYED],
  ["a number with an exponent", get("/v1/keys?limit=1e1"), REFUSED_IF_KEYED],
  ["a number after a space", get("/v1/keys?limit=%2010"), REFUSED_IF_KEYED],
  ["a number before a space", get("/v1/keys?limit=10%20"), REFUSED_IF_KEYED],
  ["a number before a line end", get("/v1/keys?limit=5%0a"), REFUSED_IF_KEYED],
  ["a number with a plus", get("/v1/keys?limit=%2B5"), REFUSED_IF_KEYED],
  ["a number with a fraction of nothing", get("/v1/keys?limit=5.0"), REFUSED_IF_KEYED],
  ["a number with a zero before it", get("/v1/keys?limit=05"), REFUSED_IF_KEYED],
  ["a binary number", get("/v1/keys?limit=0b11"), REFUSED_IF_KEYED],
  ["a number in other digits", get("/v1/keys?limit=%D9%A5"), REFUSED_IF_KEYED],
  ["infinity", get("/v1/keys?limit=Infinity"), REFUSED_IF_KEYED],
  ["a number beyond all numbers", get("/v1/keys?limit=1e400"), REFUSED_IF_KEYED],
  ["less than nothing", get("/v1/keys?limit=-0"), REFUSED_IF_KEYED],
  ["a number a little too large", get("/v1/keys?limit=101"), REFUSED_IF_KEYED],
  ["a parameter twice", get("/v1/keys?limit=1&limit=2"), REFUSED_IF_KEYED],
  ["a parameter twice, the second one encoded", get("/v1/keys?limit=1&%6Cimit=2"), REFUSED_IF_KEYED],
  ["a parameter behind hundreds of others", get(`/v1/keys?limit=1${"&".repeat(900)}limit=2`), REFUSED_IF_KEYED],
  ["an unknown one behind hundreds of others", get(`/v1/key?${"&".repeat(900)}x=1`), REFUSED_IF_KEYED],
  ["a list", get("/v1/keys?limit[]=1"), REFUSED_IF_KEYED],
  ["a semicolon for an ampersand", get("/v1/keys?limit=1;limit=2"), REFUSED_IF_KEYED],
  ["a prototype", get("/v1/keys?__proto__[limit]=1&constructor=1"), REFUSED_IF_KEYED],
  ["a flood of nothing", get(`/data?${"&".repeat(7_000)}`), { status: 400 }],
];

const post =
  (lines: string, body: string | Uint8Array, target = "/v1/clients") =>
  (key: string) => {
    const bytes = Buffer.from(body);
    const head = `POST ${target} HTTP/1.1\r\n${HOST}${lines}Content-Length: ${bytes.length}\r\n${key}\r\n`;
    return Buffer.concat([Buffer.from(head), bytes]);
  };

const JSON_TYPE = "Content-Type: application/json\r\n";
const json = (body: string | Uint8Array, lines = "") => post(`${JSON_TYPE}${lines}`, body);
const key = (expiresAt: string) =>
  post(JSON_TYPE, JSON.stringify({ clientId: "admin", name: "n", scopes: ["data:read"], expiresAt }), "/v1/keys");
const utf16 = Buffer.from('{"name":"a"}', "utf16le");
const bomb = Buffer.alloc(50_000_000);

const MALFORMED_BODY = { status: [401, 401, 400], code: ["key-missing", "key-invalid", "body-malformed"] } as const;
const UNSUPPORTED = {
  status: [401, 401, 415],
  code: ["key-missing", "key-invalid", "media-type-unsupported"],
} as const;
const TOO_LARGE = { status: [401, 401, 413], code: ["key-missing", "key-invalid", "content-too-large"] } as const;

export const BODIES: readonly RawCase[] = [
  ["a byte order mark", json('\ufeff{"name":"a"}'), MALFORMED_BODY],
  ["UTF-16, declared", post("Content-Type: application/json; charset=utf-16\r\n", utf16), UNSUPPORTED],
  ["UTF-16, not declared", json(utf16), MALFORMED_BODY],
  ["UTF-7", post("Content-Type: application/json; charset=utf-7\r\n", '{"name":"a"}'), UNSUPPORTED],
  ["invalid UTF-8", json(Buffer.from('{"name":"\xff"}', "latin1")), MALFORMED_BODY],
  ["overlong UTF-8", json(Buffer.from('{"name":"\xc0\xaf"}', "latin1")), MALFORMED_BODY],
  ["half a surrogate pair", json('{"name":"\\ud800"}'), MALFORMED_BODY],
  ["half a surrogate pair in a name", json('{"name":"a","\\udc00":1}'), MALFORMED_BODY],
  ["U+0000", json('{"name":"a\\u0000"}'), MALFORMED_BODY],
  ["a name twice", json('{"name":"a","name":"b"}'), MALFORMED_BODY],
  ["a name twice, the second one escaped", json('{"name":"a","n\\u0061me":"b"}'), MALFORMED_BODY],
  ["a name twice, deeper", json('{"name":"a","metadata":{"x":"1","x":"2"}}'), MALFORMED_BODY],
  ["201 levels", json(`{"name":${"[".repeat(200)}${"]".repeat(200)}}`), MALFORMED_BODY],
  ["60,000 levels", json("[".repeat(60_000)), MALFORMED_BODY],
  ["30,000 levels that end", json("[".repeat(30_000) + "]".repeat(30_000)), MALFORMED_BODY],
  ["two values", json('{"name":"a"}{"name":"b"}'), MALFORMED_BODY],
  ["a comment", json('{"name":"a"/**/}'), MALFORMED_BODY],
  ["a comma too many", json('{"name":"a",}'), MALFORMED_BODY],
  ["NaN", json('{"name":NaN}'), MALFORMED_BODY],
  ["a prototype", json('{"name":"a","__proto__":{"x":1}}'), REFUSED_IF_KEYED],
  ["a constructor", json('{"name":"a","constructor":{"prototype":{"x":1}}}'), REFUSED_IF_KEYED],
  ["null", json("null"), REFUSED_IF_KEYED],
  ["a bare text", json('"a"'), REFUSED_IF_KEYED],
  ["a form", post("Content-Type: application/x-www-form-urlencoded\r\n", "name=a"), UNSUPPORTED],
  ["several parts", post("Content-Type: multipart/form-data; boundary=x\r\n", "--x--"), UNSUPPORTED],
  ["no type", post("", '{"name":"a"}'), UNSUPPORTED],
  ["an invalid type", post("Content-Type: json\r\n", '{"name":"a"}'), UNSUPPORTED],
  ["a gzip bomb", json(gzipSync(bomb), "Content-Encoding: gzip\r\n"), TOO_LARGE],
  ["a brotli bomb", json(brotliCompressSync(bomb), "Content-Encoding: br\r\n"), TOO_LARGE],
  ["a deflate bomb", json(deflateSync(bomb), "Content-Encoding: deflate\r\n"), TOO_LARGE],
  ["invalid gzip", json('{"name":"a"}', "Content-Encoding: gzip\r\n"), MALFORMED_BODY],
  ["half of a gzip", json(gzipSync('{"name":"a"}').subarray(0, 20), "Content-Encoding: gzip\r\n"), MALFORMED_BODY],
  [
    "an unknown encoding",
    json('{"name":"a"}', "Content-Encoding: zip\r\n"),
    { ...UNSUPPORTED, headers: { "accept-encoding": "gzip, deflate, br" } },
  ],
  ["two encodings", json(gzipSync(gzipSync('{"name":"a"}')), "Content-Encoding: gzip, gzip\r\n"), UNSUPPORTED],
  ["70,000 bytes", json(JSON.stringify({ name: "x".repeat(70_000) })), TOO_LARGE],
  [
    "more than 65,536 bytes announced, none sent",
    (line) => `POST /v1/clients HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 100000000000\r\n${line}\r\n`,
    { ...TOO_LARGE, headers: { connection: "close" } },
  ],
  [
    "a body where none is expected",
    (line) => `GET /data HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 5\r\n${line}\r\n{"a":`,
    REFUSED_IF_KEYED,
  ],
  ["30 February", key("2099-02-30T00:00:00Z"), REFUSED_IF_KEYED],
  ["29 February of a year that has none", key("2099-02-29T00:00:00Z"), REFUSED_IF_KEYED],
  ["an offset of a day", key("2099-01-01T00:00:00+24:00"), REFUSED_IF_KEYED],
  ["hour 24", key("2099-01-01T24:00:00Z"), REFUSED_IF_KEYED],
  ["an instant beyond the year 9999", key("9999-12-31T23:59:59-23:59"), REFUSED_IF_KEYED],
  ["a day without a time", key("2099-01-01"), REFUSED_IF_KEYED],
];
