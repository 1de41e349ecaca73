import { isIP } from "node:net";
import { z } from "zod";
import { BRAND } from "../keys/format.ts";
import { isUpstreamUrl } from "../lib/http/upstream-url.ts";

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
const CLEARTEXT_POLICIES = ["refuse", "revoke", "allow"] as const;
const ENVIRONMENT_SETS = { live: ["live"], test: ["test"], "live,test": ["live", "test"] } as const;

/** Every setting: how it is read, its default, and the line about it in `latchkey serve --help`. */
const SETTINGS = {
  PORT: {
    about: "port to listen on, 0 for any free one",
    fallback: "8080",
    schema: z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .refine((port) => port <= 65_535),
    hint: "give a whole number from 0 to 65535",
  },
  HOST: {
    about: "address to listen on",
    fallback: "127.0.0.1",
    schema: z.string().min(1).max(255),
    hint: "give an address or a host name of this machine",
  },
  DATABASE_URL: {
    about: "where keys and clients are kept",
    fallback: "sqlite:./data/latchkey.db",
    schema: z.string().regex(/^sqlite:.+$/),
    hint: "give sqlite: and the path of a file, such as sqlite:./data/latchkey.db",
  },
  LOG_LEVEL: {
    about: `how much is logged: ${LOG_LEVELS.join(", ")}`,
    fallback: "info",
    schema: z.enum(LOG_LEVELS),
    hint: `give one of ${LOG_LEVELS.join(", ")}`,
  },
  LATCHKEY_BRAND: {
    about: "first part of the text of new keys; keys issued under another one go on working",
    fallback: "lk",
    schema: z.string().regex(BRAND),
    hint: "give up to 16 lower-case letters and digits, the first a letter",
  },
  LATCHKEY_ENVIRONMENTS: {
    about: "which keys are accepted: live, test, or live,test",
    fallback: "live,test",
    schema: z.enum(["live", "test", "live,test"]).transform((set) => ENVIRONMENT_SETS[set]),
    hint: "give live, test, or live,test",
  },
  LATCHKEY_MAX_KEYS_PER_CLIENT: {
    about:
      "how many keys a client may hold; revoked, expired and superseded ones do not count; give the command line the same",
    fallback: "100",
    schema: z
      .string()
      .regex(/^[1-9]\d{0,6}$/)
      .transform(Number),
    hint: "give a whole number from 1 to 9999999",
  },
  LATCHKEY_CONTRACT: {
    about: "the OpenAPI document of your own API; empty, this service's own with its example data",
    fallback: "",
    schema: z.string().max(4096),
    hint: "give the path of a YAML or JSON file",
  },
  LATCHKEY_LENIENT: {
    about: "with LATCHKEY_CONTRACT: what is merely unbounded or unchecked there is a warning (true or false)",
    fallback: "false",
    schema: z.enum(["true", "false"]).transform((word) => word === "true"),
    hint: "give true or false",
  },
  LATCHKEY_UPSTREAM: {
    about: "with LATCHKEY_CONTRACT: where admitted requests go, such as http://127.0.0.1:5000",
    fallback: "",
    schema: z.string().refine((url) => url === "" || isUpstreamUrl(url)),
    hint: "give a URL such as http://127.0.0.1:5000, without user, query or fragment",
  },
  LATCHKEY_UPSTREAM_SECRET: {
    about: "with it every request to the upstream is signed (HMAC-SHA-256); 32 characters or more",
    fallback: "",
    schema: z.string().regex(/^(?:|.{32,512})$/),
    hint: "give 32 characters or more, such as the output of: openssl rand -hex 32",
  },
  LATCHKEY_UPSTREAM_CONNECTIONS: {
    about: "how many connections each upstream gets at most; operations and clients share them",
    fallback: "256",
    schema: z
      .string()
      .regex(/^(?:[4-9]|[1-9]\d{1,3})$/)
      .transform(Number),
    hint: "give a whole number from 4 to 9999",
  },
  LATCHKEY_FAILED_KEYS_PER_MINUTE: {
    about: "how many keys that are not valid may be tried from one address; 0: as many as they like",
    fallback: "20",
    schema: z
      .string()
      .regex(/^\d{1,6}$/)
      .transform(Number),
    hint: "give a whole number from 0 to 999999",
  },
  LATCHKEY_FAST_PATH: {
    about: "whether ordinary requests are admitted without asking the validator: on, or off to compare",
    fallback: "on",
    schema: z.enum(["on", "off"]).transform((word) => word === "on"),
    hint: "give on or off",
  },
  LATCHKEY_WORKERS: {
    about: "how many processes serve, for more than one core; limits and quotas are counted for all of them together",
    fallback: "1",
    schema: z
      .string()
      .regex(/^(?:[1-9]|[1-5]\d|6[0-4])$/)
      .transform(Number),
    hint: "give a whole number from 1 to 64",
  },
  LATCHKEY_METRICS: {
    about: "who may read /metrics: keys with the scope metrics:read (keyed), or everybody (open)",
    fallback: "keyed",
    schema: z.enum(["keyed", "open"]),
    hint: "give keyed or open",
  },
  LATCHKEY_USAGE_RETENTION: {
    about: "for how long usage is kept: by minute, by hour, by day",
    fallback: "3h,32d,400d",
    schema: z
      .string()
      .regex(/^[1-9]\d{0,4}[hd],[1-9]\d{0,4}[hd],[1-9]\d{0,4}[hd]$/)
      .transform((text) => text.split(",").map(toMs))
      .transform(([minute = 0, hour = 0, day = 0]) => ({ minute, hour, day })),
    hint: "give three spans in hours or days, such as 3h,32d,400d",
  },
  LATCHKEY_TLS_CERT: {
    about: "file with the certificate and its chain (PEM); with it the service speaks HTTPS only",
    fallback: "",
    schema: z.string().max(4096),
    hint: "give the path of a PEM file",
  },
  LATCHKEY_TLS_KEY: {
    about: "file with the certificate's private key (PEM)",
    fallback: "",
    schema: z.string().max(4096),
    hint: "give the path of a PEM file",
  },
  LATCHKEY_TRUST_PROXY: {
    about: "how many proxies stand before the service, each adding to X-Forwarded-For; 0: believe no such header",
    fallback: "0",
    schema: z.string().regex(/^\d$/).transform(Number),
    hint: "give a whole number from 0 to 9",
  },
  LATCHKEY_CLEARTEXT: {
    about: "keys that come without TLS from elsewhere than this machine: refuse, revoke (and refuse), or allow",
    fallback: "refuse",
    schema: z.enum(CLEARTEXT_POLICIES),
    hint: `give one of ${CLEARTEXT_POLICIES.join(", ")}`,
  },
  LATCHKEY_AUTHORIZE_FROM: {
    about: "from where proxies may ask GET /v1/authorize, as CIDR ranges with commas between",
    fallback: "127.0.0.0/8,::1/128",
    schema: z
      .string()
      .transform((list) => list.split(","))
      .refine((ranges) => ranges.every(isRange)),
    hint: "give CIDR ranges, such as 10.0.0.0/8,fd00::/8",
  },
  LATCHKEY_CORS_ORIGINS: {
    about: "origins whose pages may call the API, with commas between; none by default",
    fallback: "",
    schema: z
      .string()
      .transform((list) => list.split(",").filter((origin) => origin !== ""))
      .refine((origins) => origins.every(isOrigin)),
    hint: "give exact origins, such as https://app.example.com,http://localhost:3000, without a path or *",
  },
  LATCHKEY_MAX_CONNECTIONS: {
    about: "how many connections may be open at a time; more are closed at once",
    fallback: "5000",
    schema: z
      .string()
      .regex(/^[1-9]\d{0,5}$/)
      .transform(Number),
    hint: "give a whole number from 1 to 999999",
  },
  LATCHKEY_MAX_CONNECTIONS_PER_ADDRESS: {
    about: "how many of them one address may hold, proxies of yours excepted; 0: all",
    fallback: "1000",
    schema: z
      .string()
      .regex(/^\d{1,6}$/)
      .transform(Number),
    hint: "give a whole number from 0 to 999999",
  },
} as const;

/** `3h`, `32d`. */
function toMs(span: string): number {
  return Number.parseInt(span, 10) * (span.endsWith("h") ? 3_600_000 : 86_400_000);
}

function isRange(text: string): boolean {
  const [, address = "", length] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const longest = { 4: 32, 6: 128 }[isIP(address)];
  return longest !== undefined && Number(length) <= longest;
}

/** As browsers write it in the header Origin (RFC 6454 §6.2): anything else would never match. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}

type SettingName = keyof typeof SETTINGS;

type Values = { readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]["schema"]> };

/** The settings of one process. */
export type Config = {
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string;
  readonly logLevel: Values["LOG_LEVEL"];
  readonly brand: string;
  readonly maxKeysPerClient: number;
  readonly environments: Values["LATCHKEY_ENVIRONMENTS"];
  /** 0: any number. */
  readonly failedKeysPerMinute: number;
  /** From 1. */
  readonly workers: number;
  readonly metrics: Values["LATCHKEY_METRICS"];
  readonly fastPath: Values["LATCHKEY_FAST_PATH"];
  /** In milliseconds. */
  readonly usageRetention: Values["LATCHKEY_USAGE_RETENTION"];
  readonly contract: {
    /** Undefined: the service's own. */
    readonly path: string | undefined;
    readonly isLenient: boolean;
    readonly upstream: string | undefined;
    readonly upstreamSecret: string | undefined;
    /** From 4. */
    readonly upstreamConnections: number;
  };
  readonly transport: TransportConfig;
};

/** How requests reach this process. */
export type TransportConfig = {
  /** Undefined: plain HTTP. */
  readonly tls: { readonly certPath: string; readonly keyPath: string } | undefined;
  /** How many proxies, counted from this process on, are believed what they say about the client. */
  readonly trustedHops: number;
  readonly cleartext: Values["LATCHKEY_CLEARTEXT"];
  readonly corsOrigins: readonly string[];
  /** CIDR ranges. */
  readonly authorizeFrom: readonly string[];
  readonly maxConnections: number;
  /** 0: any number. */
  readonly maxConnectionsPerAddress: number;
};

export type ConfigOutcome =
  | { readonly kind: "valid"; readonly config: Config }
  /** One line per mistake, each with its cure. */
  | { readonly kind: "invalid"; readonly errors: readonly string[] };

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings out of environment variables, and finds all mistakes at once. An empty variable counts as unset. */
export function parseConfig(environment: Environment): ConfigOutcome {
  const errors = unknownSettings(environment);
  const read = <Name extends SettingName>(name: Name): Values[Name] => {
    const { schema, fallback, hint } = SETTINGS[name];
    const parsed = schema.safeParse(environment[name] || fallback);
    if (!parsed.success) errors.push(`${name} is not valid: ${hint}.`);
    return parsed.data as Values[Name];
  };

  const config: Config = Object.freeze({
    port: read("PORT"),
    host: read("HOST"),
    databaseUrl: read("DATABASE_URL"),
    logLevel: read("LOG_LEVEL"),
    brand: read("LATCHKEY_BRAND"),
    maxKeysPerClient: read("LATCHKEY_MAX_KEYS_PER_CLIENT"),
    environments: read("LATCHKEY_ENVIRONMENTS"),
    failedKeysPerMinute: read("LATCHKEY_FAILED_KEYS_PER_MINUTE"),
    workers: read("LATCHKEY_WORKERS"),
    metrics: read("LATCHKEY_METRICS"),
    fastPath: read("LATCHKEY_FAST_PATH"),
    usageRetention: read("LATCHKEY_USAGE_RETENTION"),
    contract: toContract(
      read("LATCHKEY_CONTRACT"),
      read("LATCHKEY_LENIENT"),
      [read("LATCHKEY_UPSTREAM"), read("LATCHKEY_UPSTREAM_SECRET")],
      read("LATCHKEY_UPSTREAM_CONNECTIONS"),
      errors,
    ),
    transport: Object.freeze({
      tls: toTls(read("LATCHKEY_TLS_CERT"), read("LATCHKEY_TLS_KEY"), errors),
      trustedHops: read("LATCHKEY_TRUST_PROXY"),
      cleartext: read("LATCHKEY_CLEARTEXT"),
      corsOrigins: read("LATCHKEY_CORS_ORIGINS"),
      authorizeFrom: read("LATCHKEY_AUTHORIZE_FROM"),
      maxConnections: read("LATCHKEY_MAX_CONNECTIONS"),
      maxConnectionsPerAddress: read("LATCHKEY_MAX_CONNECTIONS_PER_ADDRESS"),
    }),
  });
  return errors.length > 0 ? { kind: "invalid", errors } : { kind: "valid", config };
}

function toContract(
  path: string,
  isLenient: boolean,
  [upstream = "", upstreamSecret = ""]: readonly string[],
  upstreamConnections: number,
  errors: string[],
): Config["contract"] {
  if (path === "" && (isLenient || upstream !== "" || upstreamSecret !== "")) {
    errors.push("LATCHKEY_LENIENT and LATCHKEY_UPSTREAM are about your own contract: set LATCHKEY_CONTRACT too.");
  }
  return Object.freeze({
    path: path || undefined,
    isLenient,
    upstream: upstream || undefined,
    upstreamSecret: upstreamSecret || undefined,
    upstreamConnections,
  });
}

function toTls(certPath: string, keyPath: string, errors: string[]): TransportConfig["tls"] {
  if (certPath !== "" && keyPath !== "") return { certPath, keyPath };
  if (certPath !== keyPath) errors.push("LATCHKEY_TLS_CERT and LATCHKEY_TLS_KEY go together: set both, or neither.");
  return undefined;
}

/** A misspelt setting would silently leave its default in force, which may be the less strict one. */
function unknownSettings(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith("LATCHKEY_") && !Object.hasOwn(SETTINGS, name))
    .map((name) => `${name} is no setting: remove it, or correct its name (latchkey serve --help lists all).`);
}

/** Name, default and meaning of each setting, for help texts. */
export function describeSettings(): readonly {
  readonly name: string;
  readonly fallback: string;
  readonly about: string;
}[] {
  return Object.entries(SETTINGS).map(([name, { fallback, about }]) => ({ name, fallback, about }));
}
