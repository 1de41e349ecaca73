import { type Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

export type ApiResponse = {
  readonly status: number;
  readonly requestId: string;
  /** Parsed JSON; the caller knows its type. */
  readonly body: unknown;
};

export type Call = {
  readonly method?: "GET" | "POST" | "PATCH";
  readonly path: string;
  readonly secret: string;
  readonly body?: object | undefined;
};

/** The URL of a service, and the open connections to it. */
export type Place = { readonly url: string; readonly agent: Agent };

/** Sends one request. Rejects unless the whole response arrives: a part of it acknowledges nothing. */
export function call({ url, agent }: Place, { method = "GET", path, secret, body }: Call): Promise<ApiResponse> {
  const payload = body && JSON.stringify(body);
  const headers = {
    "x-api-key": secret,
    ...(payload && { "content-type": "application/json" }),
    ...(method === "PATCH" && { "if-match": "*" }),
  };
  return new Promise((resolve, reject) => {
    // This listener stays, for connections that break in the middle of a response.
    const req = request(`${url}${path}`, { method, headers, agent }).on("error", reject);
    req.on("response", (res) => readReply(res).then(resolve, reject));
    req.end(payload);
  });
}

async function readReply(res: IncomingMessage): Promise<ApiResponse> {
  const body: unknown = JSON.parse(await text(res));
  return { status: res.statusCode ?? 0, requestId: String(res.headers["x-request-id"]), body };
}
