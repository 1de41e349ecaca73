import { isIP } from "node:net";
import { z } from "zod";
import {
  choice,
  FILE_PATH,
  list,
  type ReadSetting,
  type ReportError,
  type SettingGroup,
  setting,
  wholeNumber,
} from "./setting.ts";

const CLEARTEXT_POLICIES = ["refuse", "revoke", "allow"] as const;

const TLS_CERT = setting({
  name: "LATCHKEY_TLS_CERT",
  meaning: "file with the certificate and its chain; with it the service speaks HTTPS only, and follows renewals",
  fallback: "",
  accepts: "the path of a PEM file",
  example: "/etc/latchkey/fullchain.pem",
  ...FILE_PATH,
});

const TLS_KEY = setting({
  name: "LATCHKEY_TLS_KEY",
  meaning: "file with the private key of the certificate",
  fallback: "",
  accepts: "the path of a PEM file",
  example: "/etc/latchkey/privkey.pem",
  ...FILE_PATH,
});

const TRUST_PROXY = setting({
  name: "LATCHKEY_TRUST_PROXY",
  meaning: "number of proxies in front of the service that add to X-Forwarded-For; 0: the header is ignored",
  fallback: "0",
  guide: "deploy/README.md",
  ...wholeNumber(0, 9),
});

const CLEARTEXT = setting({
  name: "LATCHKEY_CLEARTEXT",
  meaning: "what happens to keys that arrive without TLS from another machine; revoke also refuses the request",
  fallback: "refuse",
  accepts: `one of ${CLEARTEXT_POLICIES.join(", ")}`,
  ...choice(CLEARTEXT_POLICIES),
});

const AUTHORIZE_FROM = setting({
  name: "LATCHKEY_AUTHORIZE_FROM",
  meaning: "addresses from which proxies may call GET /v1/authorize",
  fallback: "127.0.0.0/8,::1/128",
  accepts: "CIDR ranges with commas between them",
  example: "10.0.0.0/8,fd00::/8",
  guide: "sidecar.md",
  schema: z
    .string()
    .transform((text) => text.split(","))
    .refine((ranges) => ranges.every(isRange)),
  inFile: { kind: "list" },
});

export const ADMIN_LISTEN = setting({
  name: "LATCHKEY_ADMIN_LISTEN",
  meaning: "a listener of its own for administration and metrics, which the public one then does not serve",
  fallback: "",
  accepts: "an address and a port, with brackets around an IPv6 address",
  example: "127.0.0.1:8081",
  guide: "deploy/README.md",
  schema: z
    .string()
    .transform(parseListen)
    .refine((listen) => listen !== "invalid"),
  inFile: { kind: "text" },
});

const CORS_ORIGINS = setting({
  name: "LATCHKEY_CORS_ORIGINS",
  meaning: "origins whose pages may call the API from a browser",
  fallback: "",
  accepts: "exact origins with commas between them, without a path or *",
  example: "https://app.example.com,http://localhost:3000",
  schema: list(isOrigin),
  inFile: { kind: "list" },
});

const MAX_CONNECTIONS = setting({
  name: "LATCHKEY_MAX_CONNECTIONS",
  meaning: "maximum number of open connections; further ones are closed at once",
  fallback: "5000",
  ...wholeNumber(1, 999_999),
});

const MAX_CONNECTIONS_PER_ADDRESS = setting({
  name: "LATCHKEY_MAX_CONNECTIONS_PER_ADDRESS",
  meaning:
    "maximum number of open connections from one address (IPv6: one /64); 0: any number; does not apply to this machine, to LATCHKEY_AUTHORIZE_FROM, or with LATCHKEY_TRUST_PROXY",
  fallback: "1000",
  ...wholeNumber(0, 999_999),
});

export const TRANSPORT_SETTINGS: SettingGroup = {
  title: "Transport",
  settings: [
    TLS_CERT,
    TLS_KEY,
    TRUST_PROXY,
    CLEARTEXT,
    AUTHORIZE_FROM,
    ADMIN_LISTEN,
    CORS_ORIGINS,
    MAX_CONNECTIONS,
    MAX_CONNECTIONS_PER_ADDRESS,
  ],
};

export type ListenAddress = {
  readonly host: string;
  /** 0: the system chooses one. */
  readonly port: number;
};

/** How requests reach this process. */
export type TransportConfig = {
  /** Undefined: plain HTTP. */
  readonly tls: { readonly certPath: string; readonly keyPath: string } | undefined;
  /** How many proxies, counted from this process, are trusted to say who the client is, and what the request is called. */
  readonly trustedHops: number;
  readonly cleartext: (typeof CLEARTEXT_POLICIES)[number];
  readonly corsOrigins: readonly string[];
  /** CIDR ranges. */
  readonly authorizeFrom: readonly string[];
  readonly maxConnections: number;
  /** Where administration and metrics are served; undefined: with everything else. */
  readonly adminListen: ListenAddress | undefined;
  /** 0: any number. */
  readonly maxConnectionsPerAddress: number;
};

export function readTransportConfig(read: ReadSetting, report: ReportError): TransportConfig {
  return Object.freeze({
    tls: readTls(read, report),
    trustedHops: read(TRUST_PROXY),
    cleartext: read(CLEARTEXT),
    corsOrigins: read(CORS_ORIGINS),
    adminListen: read(ADMIN_LISTEN),
    authorizeFrom: read(AUTHORIZE_FROM),
    maxConnections: read(MAX_CONNECTIONS),
    maxConnectionsPerAddress: read(MAX_CONNECTIONS_PER_ADDRESS),
  });
}

function readTls(read: ReadSetting, report: ReportError): TransportConfig["tls"] {
  const [certPath, keyPath] = [read(TLS_CERT), read(TLS_KEY)];
  if (certPath !== "" && keyPath !== "") return { certPath, keyPath };
  if (certPath !== keyPath) report("LATCHKEY_TLS_CERT and LATCHKEY_TLS_KEY go together: set both, or neither.");
  return undefined;
}

/** @returns undefined for an empty text. */
function parseListen(text: string): ListenAddress | undefined | "invalid" {
  if (text === "") return undefined;
  const [, bracketed, plain, port = ""] = /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:/\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6))
    return "invalid";
  return { host, port: Number(port) };
}

/** The text of an address, as the setting has it. */
export function toListenText({ host, port }: ListenAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
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
