import { z } from "zod";
import { isUpstreamUrl } from "../lib/http/upstream-url.ts";
import { FILE_PATH, numberLike, type ReadSetting, type ReportError, type SettingGroup, setting } from "./setting.ts";

const CONTRACT = setting({
  name: "LATCHKEY_CONTRACT",
  meaning: "the OpenAPI document of your own API; without it, the built-in contract with its example data is served",
  fallback: "",
  accepts: "the path of a YAML or JSON file",
  example: "your-openapi.yaml",
  guide: "your-contract.md",
  schema: FILE_PATH,
});

const BOOLEAN = z.enum(["true", "false"]).transform((word) => word === "true");

export const STRICT = setting({
  name: "LATCHKEY_STRICT",
  meaning: "refuse to start when LATCHKEY_CONTRACT has something unbounded or untidy, instead of a warning",
  fallback: "false",
  accepts: "true or false",
  guide: "your-contract.md",
  schema: BOOLEAN,
});

const LENIENT = setting({
  name: "LATCHKEY_LENIENT",
  meaning: "accepted for older configurations: the default is lenient, see LATCHKEY_STRICT",
  fallback: "false",
  accepts: "true or false",
  guide: "your-contract.md",
  schema: BOOLEAN,
});

const REQUESTS = setting({
  name: "LATCHKEY_REQUESTS",
  meaning:
    "whether requests whose parameters or body do not match LATCHKEY_CONTRACT are refused (enforce), or passed on and counted (report)",
  fallback: "enforce",
  accepts: "enforce or report",
  guide: "gateway.md",
  schema: z.enum(["enforce", "report"]),
});

const UPSTREAM = setting({
  name: "LATCHKEY_UPSTREAM",
  meaning: "with LATCHKEY_CONTRACT: the API that admitted requests are passed on to",
  fallback: "",
  accepts: "a URL without user, query or fragment",
  example: "http://127.0.0.1:5000",
  guide: "gateway.md",
  schema: z.string().refine((url) => url === "" || isUpstreamUrl(url)),
});

const UPSTREAM_SECRET = setting({
  name: "LATCHKEY_UPSTREAM_SECRET",
  meaning: "signs every request to the upstream (HMAC-SHA-256)",
  fallback: "",
  accepts: "32 to 512 characters, such as the output of: openssl rand -hex 32",
  guide: "gateway.md",
  schema: z.string().regex(/^(?:|.{32,512})$/),
});

const UPSTREAM_CONNECTIONS = setting({
  name: "LATCHKEY_UPSTREAM_CONNECTIONS",
  meaning: "maximum number of connections to each upstream; operations and clients share them",
  fallback: "256",
  accepts: "a whole number from 4 to 9999",
  guide: "gateway.md",
  schema: numberLike(/^(?:[4-9]|[1-9]\d{1,3})$/),
});

/** Up to a day. */
const SECONDS = numberLike(/^\d{1,5}$/).refine((seconds) => seconds <= 86_400);

const UPSTREAM_WEBSOCKETS = setting({
  name: "LATCHKEY_UPSTREAM_WEBSOCKETS",
  meaning: "maximum number of open WebSockets to each upstream; operations and clients share them",
  fallback: "1000",
  accepts: "a whole number from 4 to 9999",
  guide: "gateway.md",
  schema: numberLike(/^(?:[4-9]|[1-9]\d{1,3})$/),
});

const UPSTREAM_FIRST_BYTE_SECONDS = setting({
  name: "LATCHKEY_UPSTREAM_FIRST_BYTE_SECONDS",
  meaning: "how long an upstream may take until its response begins; 0: any time",
  fallback: "60",
  accepts: "a whole number of seconds from 0 to 86400",
  guide: "gateway.md",
  schema: SECONDS,
});

const UPSTREAM_BETWEEN_BYTES_SECONDS = setting({
  name: "LATCHKEY_UPSTREAM_BETWEEN_BYTES_SECONDS",
  meaning: "how long an upstream may send nothing in the middle of its response; 0: any time",
  fallback: "300",
  accepts: "a whole number of seconds from 0 to 86400",
  guide: "gateway.md",
  schema: SECONDS,
});

const MAX_BODY_BYTES = setting({
  name: "LATCHKEY_MAX_BODY_BYTES",
  meaning: "the largest body that is read and checked, after decompression, where the contract says nothing else",
  fallback: "1048576",
  accepts: "a whole number of bytes from 1024 to 104857600",
  guide: "gateway.md",
  schema: numberLike(/^[1-9]\d{3,8}$/).refine((bytes) => bytes >= 1_024 && bytes <= 104_857_600),
});

export const CONTRACT_SETTINGS: SettingGroup = {
  title: "Your API",
  settings: [
    CONTRACT,
    STRICT,
    LENIENT,
    REQUESTS,
    UPSTREAM,
    UPSTREAM_SECRET,
    UPSTREAM_CONNECTIONS,
    UPSTREAM_WEBSOCKETS,
    UPSTREAM_FIRST_BYTE_SECONDS,
    UPSTREAM_BETWEEN_BYTES_SECONDS,
    MAX_BODY_BYTES,
  ],
};

/** Which contract is served, and who handles its operations. */
export type ContractConfig = {
  /** Undefined: the built-in contract. */
  readonly path: string | undefined;
  /** What is merely unbounded or untidy in the user contract stops the start. */
  readonly isStrict: boolean;
  /** What happens to invalid requests of operations that say nothing about it. */
  readonly requests: "enforce" | "report";
  readonly upstream: string | undefined;
  readonly upstreamSecret: string | undefined;
  /** From 4. */
  readonly upstreamConnections: number;
  /** From 4. */
  readonly upstreamWebSockets: number;
  /** 0: without a limit. */
  readonly upstreamFirstByteSeconds: number;
  /** 0: without a limit. */
  readonly upstreamBetweenBytesSeconds: number;
  /** The largest body that is read, where the contract says nothing else. */
  readonly maxBodyBytes: number;
};

export function readContractConfig(read: ReadSetting, report: ReportError): ContractConfig {
  const config = {
    path: read(CONTRACT) || undefined,
    isStrict: read(STRICT),
    requests: read(REQUESTS),
    upstream: read(UPSTREAM) || undefined,
    upstreamSecret: read(UPSTREAM_SECRET) || undefined,
    upstreamConnections: read(UPSTREAM_CONNECTIONS),
    upstreamWebSockets: read(UPSTREAM_WEBSOCKETS),
    upstreamFirstByteSeconds: read(UPSTREAM_FIRST_BYTE_SECONDS),
    upstreamBetweenBytesSeconds: read(UPSTREAM_BETWEEN_BYTES_SECONDS),
    maxBodyBytes: read(MAX_BODY_BYTES),
  };
  if (config.isStrict && read(LENIENT)) {
    report("LATCHKEY_STRICT and LATCHKEY_LENIENT contradict each other: remove LATCHKEY_LENIENT, or LATCHKEY_STRICT.");
  }
  const needsPath = config.upstream !== undefined || config.upstreamSecret !== undefined;
  if (needsPath && config.path === undefined) {
    report("LATCHKEY_UPSTREAM is about your own contract: set LATCHKEY_CONTRACT too.");
  }
  return Object.freeze(config);
}
