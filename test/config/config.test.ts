import { describe, expect, it } from "@jest/globals";
import { type Config, parseConfig, SETTINGS } from "../../src/config/config.ts";
import type { EnvironmentVariables } from "../../src/config/setting.ts";
import { BRAND_FORMAT } from "../../src/keys/format.ts";

function configOf(environment: EnvironmentVariables): Omit<Config, "findSecret"> {
  const outcome = parseConfig(environment);
  if (outcome.kind === "invalid") throw new Error(outcome.errors.join("\n"));
  const { findSecret: _, ...config } = outcome.config;
  return config;
}

function mistakesIn(environment: EnvironmentVariables): readonly string[] {
  const outcome = parseConfig(environment);
  return outcome.kind === "invalid" ? outcome.errors : [];
}

const DEFAULTS: Omit<Config, "findSecret"> = {
  port: 8080,
  host: "127.0.0.1",
  databaseUrl: "sqlite:./data/latchkey.db",
  logLevel: "info",
  brand: "lk",
  maxKeysPerClient: 100,
  failedKeysPerMinute: 20,
  metrics: "keyed",
  fastPath: true,
  workers: 1,
  usageRetention: { minute: 3 * 3_600_000, hour: 32 * 86_400_000, day: 400 * 86_400_000 },
  environments: ["live", "test"],
  contract: {
    path: undefined,
    isStrict: false,
    requests: "enforce",
    upstream: undefined,
    upstreamSecret: undefined,
    upstreamConnections: 256,
    upstreamWebSockets: 1000,
    upstreamFirstByteSeconds: 60,
    upstreamBetweenBytesSeconds: 300,
    maxBodyBytes: 1_048_576,
  },
  transport: {
    tls: undefined,
    trustedHops: 0,
    cleartext: "refuse",
    corsOrigins: [],
    adminListen: undefined,
    authorizeFrom: ["127.0.0.0/8", "::1/128"],
    maxConnections: 5000,
    maxConnectionsPerAddress: 1000,
  },
};

describe("the settings", () => {
  it("are their defaults when nothing is set", () => {
    expect(configOf({})).toEqual(DEFAULTS);
  });

  it("are their defaults where a variable is empty", () => {
    const empty = Object.fromEntries(SETTINGS.map(({ name }) => [name, ""]));
    expect(configOf(empty)).toEqual(DEFAULTS);
  });

  it("are those of the environment", () => {
    const environment = {
      PORT: "9000",
      HOST: "::1",
      DATABASE_URL: "sqlite::memory:",
      LOG_LEVEL: "warn",
      LATCHKEY_BRAND: "acme2",
      LATCHKEY_ENVIRONMENTS: "live",
      LATCHKEY_TLS_CERT: "cert.pem",
      LATCHKEY_TLS_KEY: "key.pem",
      LATCHKEY_TRUST_PROXY: "1",
      LATCHKEY_CLEARTEXT: "revoke",
      LATCHKEY_CORS_ORIGINS: "https://app.example.com,http://localhost:3000",
      LATCHKEY_MAX_CONNECTIONS: "10",
      LATCHKEY_MAX_CONNECTIONS_PER_ADDRESS: "3",
      LATCHKEY_MAX_KEYS_PER_CLIENT: "7",
      LATCHKEY_FAILED_KEYS_PER_MINUTE: "5",
      LATCHKEY_USAGE_RETENTION: "1h,48h,1d",
      LATCHKEY_METRICS: "open",
      LATCHKEY_FAST_PATH: "off",
      LATCHKEY_WORKERS: "4",
      LATCHKEY_AUTHORIZE_FROM: "10.0.0.0/8,fd00::/8",
      LATCHKEY_CONTRACT: "their.yaml",
      LATCHKEY_STRICT: "true",
      LATCHKEY_REQUESTS: "report",
      LATCHKEY_UPSTREAM: "http://127.0.0.1:5000/api",
      LATCHKEY_UPSTREAM_SECRET: "0123456789abcdef0123456789abcdef",
      LATCHKEY_UPSTREAM_CONNECTIONS: "32",
      LATCHKEY_UPSTREAM_WEBSOCKETS: "50",
      LATCHKEY_UPSTREAM_FIRST_BYTE_SECONDS: "120",
      LATCHKEY_UPSTREAM_BETWEEN_BYTES_SECONDS: "0",
    };
    expect(configOf(environment)).toEqual({
      fastPath: false,
      workers: 4,
      port: 9000,
      host: "::1",
      databaseUrl: "sqlite::memory:",
      logLevel: "warn",
      brand: "acme2",
      maxKeysPerClient: 7,
      failedKeysPerMinute: 5,
      metrics: "open",
      usageRetention: { minute: 3_600_000, hour: 48 * 3_600_000, day: 86_400_000 },
      environments: ["live"],
      contract: {
        path: "their.yaml",
        isStrict: true,
        requests: "report",
        upstream: "http://127.0.0.1:5000/api",
        upstreamSecret: { value: "0123456789abcdef0123456789abcdef" },
        maxBodyBytes: 1_048_576,
        upstreamConnections: 32,
        upstreamWebSockets: 50,
        upstreamFirstByteSeconds: 120,
        upstreamBetweenBytesSeconds: 0,
      },
      transport: {
        tls: { certPath: "cert.pem", keyPath: "key.pem" },
        trustedHops: 1,
        cleartext: "revoke",
        corsOrigins: ["https://app.example.com", "http://localhost:3000"],
        authorizeFrom: ["10.0.0.0/8", "fd00::/8"],
        maxConnections: 10,
        maxConnectionsPerAddress: 3,
      },
    });
  });

  it("ignore variables of other programs", () => {
    expect(configOf({ PATH: "/bin", port: "1", BRAND: "x", NODE_ENV: "test" })).toEqual(DEFAULTS);
  });

  it("cannot be changed once they are read", () => {
    const outcome = parseConfig({});
    if (outcome.kind === "invalid") throw new Error("The default settings are valid.");
    const { config } = outcome;
    expect([config, config.transport].every(Object.isFrozen)).toBe(true);
  });

  it.each([
    ["0", 0],
    ["1", 1],
    ["65535", 65_535],
  ])("take the port %s", (PORT, port) => {
    expect(configOf({ PORT }).port).toBe(port);
  });

  it.each(["65536", "99999", "100000", "-1", "80.5", "8e3", "0x50", " 80", "80 ", "80\n", "http", "٨٠"])(
    "refuse the port %j",
    (PORT) => {
      expect(mistakesIn({ PORT })).toEqual(["PORT is not valid: give a whole number from 0 to 65535."]);
    },
  );

  it.each([["postgres://localhost/x"], ["sqlite:"], ["data.db"], ["SQLITE:x"]])(
    "refuse the database %s, which this version cannot open",
    (DATABASE_URL) => expect(mistakesIn({ DATABASE_URL })).toHaveLength(1),
  );

  it.each(["fatal", "error", "warn", "info", "debug", "trace", "silent"])("take the log level %s", (LOG_LEVEL) => {
    expect(configOf({ LOG_LEVEL }).logLevel).toBe(LOG_LEVEL);
  });

  it.each(["a".repeat(255), "localhost"])("take a host name of up to 255 characters: %s", (HOST) => {
    expect(configOf({ HOST }).host).toBe(HOST);
    expect(mistakesIn({ HOST: "a".repeat(256) })).toHaveLength(1);
  });

  it.each(["a", "lk", "a".repeat(16), "a".repeat(17), "1a", "LK", "l_k", "l-k", "lk\n"])(
    "take the brand %j exactly when keys can carry it",
    (brand) => expect(mistakesIn({ LATCHKEY_BRAND: brand })).toHaveLength(BRAND_FORMAT.test(brand) ? 0 : 1),
  );

  it.each<[string, readonly string[]]>([
    ["live", ["live"]],
    ["test", ["test"]],
    ["live,test", ["live", "test"]],
  ])("read LATCHKEY_ENVIRONMENTS=%s", (set, environments) => {
    expect(configOf({ LATCHKEY_ENVIRONMENTS: set }).environments).toEqual(environments);
  });

  it.each(["prod", "test,live", "live,", "LIVE", "live, test"])("refuse LATCHKEY_ENVIRONMENTS=%s", (set) => {
    expect(mistakesIn({ LATCHKEY_ENVIRONMENTS: set })).toHaveLength(1);
  });
});

describe("strictness", () => {
  it("is off unless it is set, and leniency is the older name of that", () => {
    expect(configOf({ LATCHKEY_LENIENT: "true" })).toEqual(DEFAULTS);
    expect(configOf({ LATCHKEY_LENIENT: "false" })).toEqual(DEFAULTS);
    expect(configOf({ LATCHKEY_STRICT: "true", LATCHKEY_LENIENT: "false" }).contract.isStrict).toBe(true);
  });

  it("cannot be on together with leniency", () => {
    expect(mistakesIn({ LATCHKEY_STRICT: "true", LATCHKEY_LENIENT: "true" })).toEqual([
      "LATCHKEY_STRICT and LATCHKEY_LENIENT contradict each other: remove LATCHKEY_LENIENT, or LATCHKEY_STRICT.",
    ]);
  });
});

describe("the settings of the transport", () => {
  it.each([
    ["127.0.0.1:8081", { host: "127.0.0.1", port: 8081 }],
    ["[::1]:9000", { host: "::1", port: 9000 }],
    ["admin.internal:0", { host: "admin.internal", port: 0 }],
    ["", undefined],
  ])("read the listener for administration %j", (text, expected) => {
    expect(configOf({ LATCHKEY_ADMIN_LISTEN: text }).transport.adminListen).toEqual(expected);
  });

  it.each([
    "8081",
    "127.0.0.1",
    "127.0.0.1:",
    ":8081",
    "::1:8081",
    "[127.0.0.1]:8081",
    "a:70000",
    "http://a:1",
    "a b:1",
  ])("refuse the listener for administration %j", (text) =>
    expect(mistakesIn({ LATCHKEY_ADMIN_LISTEN: text })).toEqual([expect.stringContaining("is not valid")]),
  );

  it("refuse a listener for administration at the address of the service", () => {
    const same = { PORT: "9000", LATCHKEY_ADMIN_LISTEN: "127.0.0.1:9000" };
    expect(mistakesIn(same)).toEqual([expect.stringContaining("give it another port")]);
    expect(mistakesIn({ ...same, HOST: "10.0.0.1" })).toEqual([]);
  });

  it.each(["LATCHKEY_TLS_CERT", "LATCHKEY_TLS_KEY"])("need both parts of TLS: %s alone is a mistake", (name) => {
    expect(mistakesIn({ [name]: "file.pem" })).toEqual([expect.stringMatching(/set both, or neither\.$/)]);
  });

  it.each(["-1", "10", "1.5", "all"])("refuse LATCHKEY_TRUST_PROXY=%s", (hops) => {
    expect(mistakesIn({ LATCHKEY_TRUST_PROXY: hops })).toHaveLength(1);
  });

  it.each(["refuse", "revoke", "allow"])("take LATCHKEY_CLEARTEXT=%s", (policy) => {
    expect(configOf({ LATCHKEY_CLEARTEXT: policy }).transport.cleartext).toBe(policy);
  });

  it("refuse any other policy on clear text", () => {
    expect(mistakesIn({ LATCHKEY_CLEARTEXT: "true" })).toHaveLength(1);
  });

  it.each([
    "*",
    "https://a.example/",
    "https://a.example/x",
    "a.example",
    "https://A.example",
    "null",
    "ftp://a.example",
  ])("refuse the origin %s, which no browser sends or no service should trust", (origin) =>
    expect(mistakesIn({ LATCHKEY_CORS_ORIGINS: `https://b.example,${origin}` })).toHaveLength(1),
  );

  it.each([
    ["1", 1],
    ["999999", 999_999],
  ])("take LATCHKEY_MAX_CONNECTIONS=%s", (text, count) => {
    expect(configOf({ LATCHKEY_MAX_CONNECTIONS: text }).transport.maxConnections).toBe(count);
  });

  it.each([
    ["4", 4],
    ["9999", 9999],
  ])("take LATCHKEY_UPSTREAM_CONNECTIONS=%s", (text, count) => {
    expect(configOf({ LATCHKEY_UPSTREAM_CONNECTIONS: text }).contract.upstreamConnections).toBe(count);
  });

  it.each(["0", "1023", "104857601", "1e6", "1 MiB"])("refuse LATCHKEY_MAX_BODY_BYTES=%s", (text) => {
    expect(parseConfig({ LATCHKEY_MAX_BODY_BYTES: text }).kind).toBe("invalid");
  });

  it.each(["0", "3", "10000", "1e3"])("refuse LATCHKEY_UPSTREAM_CONNECTIONS=%s", (text) => {
    expect(mistakesIn({ LATCHKEY_UPSTREAM_CONNECTIONS: text })).toHaveLength(1);
  });

  it.each(["0", "1000000", "1e3", "-5"])("refuse LATCHKEY_MAX_CONNECTIONS=%s", (text) => {
    expect(mistakesIn({ LATCHKEY_MAX_CONNECTIONS: text })).toHaveLength(1);
  });
});

describe("mistakes in the settings", () => {
  it("are all reported at once, each with its fix", () => {
    const errors = mistakesIn({
      PORT: "http",
      HOST: "a".repeat(256),
      DATABASE_URL: "mysql://x",
      LOG_LEVEL: "loud",
      LATCHKEY_BRAND: "LK",
      LATCHKEY_ENVIRONMENTS: "prod",
      LATCHKEY_BARND: "lk",
    });
    expect(errors.map((mistake) => mistake.split(" ", 1)[0]).toSorted()).toEqual([
      "DATABASE_URL",
      "HOST",
      "LATCHKEY_BARND",
      "LATCHKEY_BRAND",
      "LATCHKEY_ENVIRONMENTS",
      "LOG_LEVEL",
      "PORT",
    ]);
    for (const mistake of errors) expect(mistake).toMatch(/: (?:give|remove) .+\.$/);
  });

  it("never quote what was given, which may be a secret in the wrong place", () => {
    const errors = mistakesIn({ PORT: "hunter2", DATABASE_URL: "mysql://u:hunter2@h", LATCHKEY_BRAND: "Hunter2" });
    expect(errors).toHaveLength(3);
    expect(errors.join().toLowerCase()).not.toContain("hunter2");
  });

  it.each(["LATCHKEY_ENVIRONMENT", "LATCHKEY_brand", "LATCHKEY_", "LATCHKEY_constructor"])(
    "include the unknown setting %s, which would leave a default in force",
    (name) =>
      expect(mistakesIn({ [name]: "x" })).toEqual([expect.stringMatching(`^${name} is not a setting: remove it`)]),
  );
});

describe("the help about settings", () => {
  it("names each with its meaning, and a default that is valid", () => {
    expect(SETTINGS.map(({ name }) => name)).toContain("LATCHKEY_ENVIRONMENTS");
    for (const { meaning, accepts } of SETTINGS) for (const text of [meaning, accepts]) expect(text).not.toBe("");
    expect(configOf(Object.fromEntries(SETTINGS.map(({ name, fallback }) => [name, fallback])))).toEqual(DEFAULTS);
  });

  it("has examples that are valid", () => {
    expect(mistakesIn(Object.fromEntries(SETTINGS.map(({ name, example }) => [name, example])))).toEqual([]);
  });
});
