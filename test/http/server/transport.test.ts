import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { SCOPES, UNKNOWN_SECRET } from "../../support/builders.ts";
import { aService } from "../../support/service.ts";
import { aRequest, sendRaw } from "../../support/wire/raw.ts";

const ORIGIN = "https://app.example.com";

const direct = aService();
const behindOne = aService({ LATCHKEY_TRUST_PROXY: "1", LATCHKEY_CORS_ORIGINS: `${ORIGIN},http://localhost:3000` });
const revoking = aService({ LATCHKEY_TRUST_PROXY: "1", LATCHKEY_CLEARTEXT: "revoke" });
const careless = aService({ LATCHKEY_TRUST_PROXY: "2", LATCHKEY_CLEARTEXT: "allow" });

let secret = "";

beforeAll(async () => {
  ({ secret } = await behindOne.issue({ scopes: SCOPES.concat() }));
});

/** As the proxy in front would send it on for a client at `address`, who spoke `protocol`. */
const via = (address: string, protocol: string) => [`X-Forwarded-For: ${address}`, `X-Forwarded-Proto: ${protocol}`];
const CLEAR = via("198.51.100.7", "http");

const send = (target: string, lines: readonly string[], service = behindOne, method = "GET") =>
  sendRaw(service.port, aRequest(target, lines, method));
const codeOf = ({ body }: { readonly body: string }) => JSON.parse(body).code;

describe("a key in clear text", () => {
  it.each([
    ["in the header", (key: string) => ["/data", [`x-api-key: ${key}`]] as const],
    ["as a bearer token", (key: string) => ["/data", [`Authorization: Bearer ${key}`]] as const],
    ["in the URL", (key: string) => [`/info?api_key=${key}`, []] as const],
    ["in the URL where none belongs", (key: string) => [`/data?api_key=${key}`, []] as const],
    ["where none is needed", (key: string) => ["/healthz", [`x-api-key: ${key}`]] as const],
    ["at a page", (key: string) => ["/openapi.json", [`x-api-key: ${key}`]] as const],
    ["at a path that is not there", (key: string) => ["/nothing", [`x-api-key: ${key}`]] as const],
  ])("is refused %s, good or bad, with the same words and never a redirect", async (_, write) => {
    const answers = await Promise.all(
      [secret, UNKNOWN_SECRET, "junk"].map((key) => send(write(key)[0], [...write(key)[1], ...CLEAR])),
    );
    const comparable = answers.map(({ status, body }) => ({ status, ...JSON.parse(body), requestId: "" }));
    expect(comparable[0]).toMatchObject({ status: 403, code: "key-in-cleartext" });
    expect(comparable[1]).toEqual(comparable[0]);
    expect(comparable[2]).toEqual(comparable[0]);
    expect(answers.every(({ headers }) => headers["location"] === undefined)).toBe(true);
  });

  it("is admitted from this machine, and from a client that uses TLS to the proxy", async () => {
    const key = `x-api-key: ${secret}`;
    expect((await send("/data", [key])).status).toBe(200);
    expect((await send("/data", [key, ...via("198.51.100.7", "https")])).status).toBe(200);
    expect((await send("/data", [key, ...via("127.0.0.1", "http")])).status).toBe(200);
    expect((await send("/data", [key, ...via("::1", "http")])).status).toBe(200);
  });

  it("is refused when the proxy does not name the protocol, or the client", async () => {
    const key = `x-api-key: ${secret}`;
    expect(codeOf(await send("/data", [key, "X-Forwarded-For: 198.51.100.7"]))).toBe("key-in-cleartext");
    expect(codeOf(await send("/data", [key, "X-Forwarded-For: nonsense"]))).toBe("key-in-cleartext");
  });

  it("does not affect other requests", async () => {
    expect((await send("/healthz", CLEAR)).status).toBe(200);
    expect(codeOf(await send("/data", CLEAR))).toBe("key-missing");
  });

  it("is not revoked if the policy is to refuse it", async () => {
    expect((await send("/data", [`x-api-key: ${secret}`, ...CLEAR])).status).toBe(403);
    expect((await send("/data", [`x-api-key: ${secret}`])).status).toBe(200);
  });

  it("is revoked if that is the policy, and the response does not show it", async () => {
    const { key, secret: leaked } = await revoking.issue();
    const lines = [`x-api-key: ${leaked}`];
    const [good, bad] = [
      await send("/data", [...lines, ...CLEAR], revoking),
      await send("/data", [`x-api-key: ${UNKNOWN_SECRET}`, ...CLEAR], revoking),
    ];
    expect({ ...JSON.parse(good.body), requestId: "" }).toEqual({ ...JSON.parse(bad.body), requestId: "" });
    expect(codeOf(await send("/data", lines, revoking))).toBe("key-revoked");
    expect(revoking.logged()).toContainEqual(expect.objectContaining({ msg: "leaked key revoked", keyId: key.id }));
  });

  it("is looked up at most twenty times a minute, so that it cannot be used to guess keys or to load the store", async () => {
    for (let count = 0; count < 25; count++) await send("/data", [`x-api-key: ${UNKNOWN_SECRET}`, ...CLEAR], revoking);
    const { secret: late } = await revoking.issue();
    await send("/data", [`x-api-key: ${late}`, ...CLEAR], revoking);
    expect((await send("/data", [`x-api-key: ${late}`], revoking)).status).toBe(200);
    expect(revoking.logged()).toContainEqual(expect.objectContaining({ level: 40, address: "198.51.100.7" }));

    // Guesses from one address do not suppress the report of a leak at another.
    await send("/data", [`x-api-key: ${late}`, ...via("203.0.113.5", "http")], revoking);
    expect(codeOf(await send("/data", [`x-api-key: ${late}`], revoking))).toBe("key-revoked");
  });

  it("is admitted if the operator allows it", async () => {
    const { secret: key } = await careless.issue();
    expect((await send("/data", [`x-api-key: ${key}`, ...CLEAR], careless)).status).toBe(200);
  });
});

describe("the address of a client", () => {
  const addressOf = async (service: typeof direct, lines: readonly string[]) => {
    const { headers } = await send("/healthz", lines, service);
    const line = service.logged().find((one) => one["requestId"] === headers["x-request-id"]);
    return line?.["address"];
  };

  it.each([
    ["is the other end of the connection", direct, [], "127.0.0.1"],
    ["is not what an unknown caller claims", direct, ["X-Forwarded-For: 203.0.113.1"], "127.0.0.1"],
    [
      "is what the one proxy saw, whatever stands left of it",
      behindOne,
      ["X-Forwarded-For: 1.1.1.1, 203.0.113.1"],
      "203.0.113.1",
    ],
    [
      "is what the first of two proxies saw",
      careless,
      ["X-Forwarded-For: 1.1.1.1, 203.0.113.1", "X-Forwarded-For: 10.0.0.1"],
      "203.0.113.1",
    ],
    ["is the first there is when the list is short", careless, ["X-Forwarded-For: 203.0.113.1"], "203.0.113.1"],
    ["is IPv4 where IPv6 only wraps it", behindOne, ["X-Forwarded-For: ::ffff:203.0.113.1"], "203.0.113.1"],
    ["has no port", behindOne, ["X-Forwarded-For: 203.0.113.1:4711"], "203.0.113.1"],
    ["has no brackets", behindOne, ["X-Forwarded-For: [2001:db8::1]:4711"], "2001:db8::1"],
    ["is unknown when it is not an address", behindOne, ["X-Forwarded-For: 203.0.113.1, for=unknown"], "unknown"],
    ["is the proxy's own when it says nothing", behindOne, [], "127.0.0.1"],
    ["is unknown when it says nothing in many words", behindOne, ["X-Forwarded-For: 127.0.0.1,"], "unknown"],
  ] as const)("%s", async (_, service, lines, expected) => {
    expect(await addressOf(service, lines)).toBe(expected);
  });
});

describe("HSTS", () => {
  it("is sent over TLS only", async () => {
    const { headers } = await send("/healthz", via("198.51.100.7", "https"));
    expect(headers["strict-transport-security"]).toBe("max-age=31536000; includeSubDomains");
    expect((await send("/healthz", CLEAR)).headers).not.toHaveProperty("strict-transport-security");
    expect((await send("/healthz", via("1.1.1.1", "https"), direct)).headers).not.toHaveProperty(
      "strict-transport-security",
    );
  });
});

describe("pages of other origins", () => {
  const preflight = ["Access-Control-Request-Method: GET", "Access-Control-Request-Headers: x-api-key"];
  const corsOf = (headers: Readonly<Record<string, string>>) =>
    Object.keys(headers).filter((name) => name.startsWith("access-control"));

  it("may read nothing by default, even if their origin resembles an allowed one", async () => {
    expect(corsOf((await send("/data", [`Origin: ${ORIGIN}`], direct)).headers)).toEqual([]);
    const odd = [
      "null",
      "*",
      `${ORIGIN}.evil.example`,
      "http://app.example.com",
      `${ORIGIN}:443`,
      `${ORIGIN}/`,
      ORIGIN.toUpperCase(),
      "https://evil.example",
    ];
    for (const origin of odd) {
      const { headers } = await send("/data", [`Origin: ${origin}`, ...preflight], behindOne, "OPTIONS");
      expect(corsOf(headers)).toEqual([]);
      expect(headers["vary"]).toBe("Origin");
    }
  });

  it("may send a preflight without a key", async () => {
    const { status, headers } = await send("/data", [`Origin: ${ORIGIN}`, ...preflight], behindOne, "OPTIONS");
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      "access-control-allow-origin": ORIGIN,
      "access-control-allow-methods": expect.stringContaining("GET"),
      "access-control-allow-headers": expect.stringContaining("x-api-key"),
      "access-control-max-age": "600",
      vary: "Origin",
    });
    expect(headers).not.toHaveProperty("access-control-allow-credentials");
  });

  it("may read responses and refusals, with the relevant headers", async () => {
    for (const lines of [[`x-api-key: ${secret}`], []]) {
      const { headers } = await send("/data", [`Origin: ${ORIGIN}`, ...lines]);
      expect(headers["access-control-allow-origin"]).toBe(ORIGIN);
      expect(headers["access-control-expose-headers"]).toContain("X-Request-Id");
    }
  });
});

describe("the access log", () => {
  it("has the client, the operation and the result", async () => {
    const { headers } = await request(behindOne.url).get("/data").set("x-api-key", secret);
    await send("/healthz", []);
    expect(behindOne.logged()).toContainEqual(
      expect.objectContaining({
        msg: "response sent",
        level: 20,
        requestId: headers["x-request-id"],
        address: "127.0.0.1",
        method: "GET",
        operation: "getData",
        status: 200,
        keyId: expect.stringMatching(/^key_/),
        durationMs: expect.any(Number),
      }),
    );
  });
});
