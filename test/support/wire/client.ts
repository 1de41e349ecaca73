import { once } from "node:events";
import { type Agent, type IncomingMessage, type RequestOptions, request } from "node:http";
import { request as requestTls } from "node:https";
import { text } from "node:stream/consumers";
import { TLSSocket } from "node:tls";

export type Answer = {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The common name of the certificate, where there was one. */
  readonly certificate: string | undefined;
};

export type Wish = {
  readonly method?: string;
  readonly headers?: RequestOptions["headers"];
  readonly body?: string;
  readonly agent?: Agent;
};

/** Asks for `url` once, on a connection of its own unless an agent keeps one; any certificate will do. */
export async function ask(url: string, { body, agent, ...options }: Wish = {}): Promise<Answer> {
  const send = url.startsWith("https:") ? requestTls : request;
  const forwardAuth = send(url, { ...options, agent: agent ?? false, rejectUnauthorized: false } as RequestOptions);
  forwardAuth.end(body);
  const [res] = (await once(forwardAuth, "response")) as [IncomingMessage];
  // Once the answer is read, the socket may be gone.
  const certificate = res.socket instanceof TLSSocket ? commonNameOf(res.socket) : undefined;
  return { status: res.statusCode ?? 0, headers: res.headers, body: await text(res), certificate };
}

function commonNameOf(socket: TLSSocket): string {
  return String(socket.getPeerCertificate().subject.CN);
}
