import { get as getByHttp, type IncomingMessage } from "node:http";
import { get as getByHttps } from "node:https";
import type { Config } from "../../config/config.ts";

/** What listens at the address of the settings. */
export type ServiceFacts = { readonly url: string } & (
  | { readonly kind: "nothing" }
  | { readonly kind: "latchkey"; readonly isReady: boolean }
  /** Something that does not respond as this service does. */
  | { readonly kind: "other" }
);

const PATIENCE_MS = 2000;

/** @param prefix the path below which the contract puts the built-in operations; empty for none. */
export async function findService({ host, port, transport: { tls } }: Config, prefix: string): Promise<ServiceFacts> {
  const url = `${tls ? "https" : "http"}://${toReachable(host)}:${port}`;
  const readiness = await ask(`${url}${prefix}/readyz`);
  if (readiness === "refused") return { kind: "nothing", url };
  if (readiness === "silent") return { kind: "other", url };
  const { status, requestId } = readiness;
  const isOurs = /^req_/.test(requestId) && (status === 200 || status === 503);
  return isOurs ? { kind: "latchkey", isReady: status === 200, url } : { kind: "other", url };
}

/** A service that listens on all addresses is asked on this machine's own. */
function toReachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

type Response = { readonly status: number; readonly requestId: string };

function ask(url: string): Promise<Response | "refused" | "silent"> {
  return new Promise((resolve) => {
    const onResponse = (response: IncomingMessage) => {
      response.resume();
      const requestId = response.headers["x-request-id"];
      resolve({ status: response.statusCode ?? 0, requestId: typeof requestId === "string" ? requestId : "" });
    };
    const options = { agent: false, timeout: PATIENCE_MS };
    const asked = url.startsWith("https:")
      ? // Its certificate names another host than this address, and no secret is sent.
        getByHttps(url, { ...options, rejectUnauthorized: false }, onResponse)
      : getByHttp(url, options, onResponse);
    asked.on("timeout", () => asked.destroy());
    asked.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code === "ECONNREFUSED" ? "refused" : "silent"));
  });
}
