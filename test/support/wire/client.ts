import { once } from "node:events";
import { type Agent, type ClientRequest, type IncomingMessage, type RequestOptions, request } from "node:http";
import { request as requestTls } from "node:https";
import { text } from "node:stream/consumers";
import { TLSSocket } from "node:tls";

export type ClientResponse = {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The common name of the certificate, over TLS. */
  readonly certificate: string | undefined;
};

export type CallOptions = {
  readonly method?: string;
  readonly headers?: RequestOptions["headers"];
  readonly body?: string;
  readonly agent?: Agent;
};

/**
 * Requests `url`, on a new connection unless there is an agent, and accepts any certificate. It is sent again only if
 * the service had closed a kept connection.
 */
export async function fetchOnce(url: string, call: CallOptions = {}): Promise<ClientResponse> {
  const { body, agent, ...options } = call;
  const send = url.startsWith("https:") ? requestTls : request;
  const req = send(url, { ...options, agent: agent ?? false, rejectUnauthorized: false } as RequestOptions);
  req.end(body);
  const res = await responseTo(req);
  if (res === "was closed") return fetchOnce(url, call);

  // Once the response is read, the socket may be gone.
  const certificate = res.socket instanceof TLSSocket ? commonNameOf(res.socket) : undefined;
  return { status: res.statusCode ?? 0, headers: res.headers, body: await text(res), certificate };
}

async function responseTo(req: ClientRequest): Promise<IncomingMessage | "was closed"> {
  try {
    const [res] = (await once(req, "response")) as [IncomingMessage];
    return res;
  } catch (error) {
    if (wasClosed(req, error)) return "was closed";
    throw error;
  }
}

/**
 * Did `req` fail because the service had closed its kept connection, which was idle for some seconds? Then it may be
 * sent again (RFC 9112 §9.3.1).
 */
export function wasClosed(req: ClientRequest, error: unknown): boolean {
  const { code } = Object(error);
  return req.reusedSocket && (code === "ECONNRESET" || code === "EPIPE");
}

function commonNameOf(socket: TLSSocket): string {
  return String(socket.getPeerCertificate().subject.CN);
}
