import { once } from "node:events";
import { type Agent, type IncomingMessage, type RequestOptions, request } from "node:http";
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

/** Requests `url` once, on a new connection unless there is an agent, and accepts any certificate. */
export async function fetchOnce(url: string, { body, agent, ...options }: CallOptions = {}): Promise<ClientResponse> {
  const send = url.startsWith("https:") ? requestTls : request;
  const req = send(url, { ...options, agent: agent ?? false, rejectUnauthorized: false } as RequestOptions);
  req.end(body);
  const [res] = (await once(req, "response")) as [IncomingMessage];
  // Once the response is read, the socket may be gone.
  const certificate = res.socket instanceof TLSSocket ? commonNameOf(res.socket) : undefined;
  return { status: res.statusCode ?? 0, headers: res.headers, body: await text(res), certificate };
}

function commonNameOf(socket: TLSSocket): string {
  return String(socket.getPeerCertificate().subject.CN);
}
