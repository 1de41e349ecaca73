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

const LENIENT = setting({
  name: "LATCHKEY_LENIENT",
  meaning: "with LATCHKEY_CONTRACT: report what is merely unbounded or unchecked as warnings",
  fallback: "false",
  accepts: "true or false",
  guide: "your-contract.md",
  schema: z.enum(["true", "false"]).transform((word) => word === "true"),
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

export const CONTRACT_SETTINGS: SettingGroup = {
  title: "Your API",
  settings: [CONTRACT, LENIENT, UPSTREAM, UPSTREAM_SECRET, UPSTREAM_CONNECTIONS],
};

/** Which contract is served, and who handles its operations. */
export type ContractConfig = {
  /** Undefined: the built-in contract. */
  readonly path: string | undefined;
  readonly isLenient: boolean;
  readonly upstream: string | undefined;
  readonly upstreamSecret: string | undefined;
  /** From 4. */
  readonly upstreamConnections: number;
};

export function readContractConfig(read: ReadSetting, report: ReportError): ContractConfig {
  const config = {
    path: read(CONTRACT) || undefined,
    isLenient: read(LENIENT),
    upstream: read(UPSTREAM) || undefined,
    upstreamSecret: read(UPSTREAM_SECRET) || undefined,
    upstreamConnections: read(UPSTREAM_CONNECTIONS),
  };
  const needsPath = config.isLenient || config.upstream !== undefined || config.upstreamSecret !== undefined;
  if (needsPath && config.path === undefined) {
    report("LATCHKEY_LENIENT and LATCHKEY_UPSTREAM are about your own contract: set LATCHKEY_CONTRACT too.");
  }
  return Object.freeze(config);
}
