import { z } from "zod";
import { isUpstreamUrl } from "../lib/http/upstream-url.ts";
import { type SecretSource, toSecretSource } from "./secrets.ts";
import {
  choice,
  eitherOf,
  FILE_PATH,
  type ReadSetting,
  type ReportError,
  type SettingGroup,
  setting,
  wholeNumber,
} from "./setting.ts";

export const CONTRACT = setting({
  name: "LATCHKEY_CONTRACT",
  meaning: "the OpenAPI document of your own API; without it, the built-in contract with its example data is served",
  fallback: "",
  accepts: "the path of a YAML or JSON file",
  example: "your-openapi.yaml",
  guide: "your-contract.md",
  ...FILE_PATH,
});

export const STRICT = setting({
  name: "LATCHKEY_STRICT",
  meaning: "refuse to start when LATCHKEY_CONTRACT has something unbounded or untidy, instead of a warning",
  fallback: "false",
  guide: "your-contract.md",
  ...eitherOf("true", "false"),
});

const LENIENT = setting({
  name: "LATCHKEY_LENIENT",
  meaning: "accepted for older configurations: the default is lenient, see LATCHKEY_STRICT",
  fallback: "false",
  guide: "your-contract.md",
  accepts: "true or false",
  schema: eitherOf("true", "false").schema,
  inFile: { kind: "absent", reason: "is the default: leave it out, or use strict" },
});

const REQUESTS = setting({
  name: "LATCHKEY_REQUESTS",
  meaning:
    "whether requests whose parameters or body do not match LATCHKEY_CONTRACT are refused (enforce), or passed on and counted (report)",
  fallback: "enforce",
  accepts: "enforce or report",
  guide: "gateway.md",
  ...choice(["enforce", "report"]),
});

const UPSTREAM = setting({
  name: "LATCHKEY_UPSTREAM",
  meaning: "with LATCHKEY_CONTRACT: the API that admitted requests are passed on to",
  fallback: "",
  accepts: "a URL without user, query or fragment",
  example: "http://127.0.0.1:5000",
  guide: "gateway.md",
  schema: z.string().refine((url) => url === "" || isUpstreamUrl(url)),
  inFile: { kind: "text" },
});

export const UPSTREAM_SECRET = setting({
  name: "LATCHKEY_UPSTREAM_SECRET",
  meaning: "signs every request to the upstream (HMAC-SHA-256)",
  fallback: "",
  accepts: "32 to 512 characters, such as the output of: openssl rand -hex 32",
  guide: "gateway.md",
  schema: z.string().regex(/^(?:|.{32,512})$/),
  inFile: {
    kind: "absent",
    reason:
      "is a secret, and settings files are shared: write it to a file of its own, and name that with upstreamSecretFile",
  },
  isSecret: true,
});

const UPSTREAM_SECRET_FILE = setting({
  name: "LATCHKEY_UPSTREAM_SECRET_FILE",
  meaning: "file that contains what LATCHKEY_UPSTREAM_SECRET would say, which comes first",
  fallback: "",
  accepts: "the path of a file",
  example: "/run/secrets/upstream",
  guide: "gateway.md",
  ...FILE_PATH,
});

const UPSTREAM_CONNECTIONS = setting({
  name: "LATCHKEY_UPSTREAM_CONNECTIONS",
  meaning: "maximum number of connections to each upstream; operations and clients share them",
  fallback: "256",
  guide: "gateway.md",
  ...wholeNumber(4, 9999),
});

const UPSTREAM_WEBSOCKETS = setting({
  name: "LATCHKEY_UPSTREAM_WEBSOCKETS",
  meaning: "maximum number of open WebSockets to each upstream; operations and clients share them",
  fallback: "1000",
  guide: "gateway.md",
  ...wholeNumber(4, 9999),
});

const UPSTREAM_FIRST_BYTE_SECONDS = setting({
  name: "LATCHKEY_UPSTREAM_FIRST_BYTE_SECONDS",
  meaning: "how long an upstream may take until its response begins; 0: any time",
  fallback: "60",
  guide: "gateway.md",
  ...wholeNumber(0, 86_400, "seconds"),
});

const UPSTREAM_BETWEEN_BYTES_SECONDS = setting({
  name: "LATCHKEY_UPSTREAM_BETWEEN_BYTES_SECONDS",
  meaning: "how long an upstream may send nothing in the middle of its response; 0: any time",
  fallback: "300",
  guide: "gateway.md",
  ...wholeNumber(0, 86_400, "seconds"),
});

const MAX_BODY_BYTES = setting({
  name: "LATCHKEY_MAX_BODY_BYTES",
  meaning: "the largest body that is read and checked, after decompression, where the contract says nothing else",
  fallback: "1048576",
  guide: "gateway.md",
  ...wholeNumber(1024, 104_857_600, "bytes"),
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
    UPSTREAM_SECRET_FILE,
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
  readonly upstreamSecret: SecretSource | undefined;
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
    upstreamSecret: toSecretSource(read(UPSTREAM_SECRET), read(UPSTREAM_SECRET_FILE)),
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
