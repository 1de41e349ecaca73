import type { ServerResponse } from "node:http";
import type { Duplex, Readable, Writable } from "node:stream";
import type { Operation } from "../contract/model/operations.ts";
import type { Reply } from "../http/reply/reply.ts";
import type { ApiKey } from "../keys/key.ts";
import type { OpenStreams } from "./tunnels/open-streams.ts";

/** What an upstream is told about the caller. */
export type Caller = {
  /** Undefined when the operation is public, or when the upstream checks the security of the operation itself. */
  readonly key: ApiKey | undefined;
  readonly requestId: string;
  readonly address: string;
  readonly isTls: boolean;
};

/** A header parameter of the contract, with the value that was checked; undefined when the client did not send it. */
export type CheckedHeader = readonly [name: string, value: string | undefined];

/** The response to the client. If it closes before it has ended, the client has disconnected. */
export type ClientResponse = Pick<ServerResponse, "destroyed" | "on" | "off">;

/** A request that has passed every stage, for an upstream. */
export type UpstreamRequest = Caller & {
  readonly operation: Operation;
  readonly method: string;
  /** As sent. */
  readonly path: string;
  /** As sent, without the key. */
  readonly query: string;
  /** Name, value, name, value, … */
  readonly rawHeaders: readonly string[];
  /** Those of them that an earlier stage has taken out of the request, in lower case. */
  readonly removedHeaders: ReadonlySet<string>;
  readonly checkedHeaders: readonly CheckedHeader[];
  /** A buffer that was read and decoded, or the stream of a body that is passed on as it arrives. */
  readonly body: Buffer | Readable | undefined;
  /** The Content-Length of a streamed body. */
  readonly length: string | undefined;
  readonly client: ClientResponse;
  /** Asked after every wait, before anything is sent. Never throws. */
  readonly isStillAdmitted: () => boolean | Promise<boolean>;
};

/** A response whose head has arrived. `pipeTo` or `discard` must be called, unless its body is complete. */
export type UpstreamResponse = {
  readonly kind: "response";
  readonly status: number;
  /**
   * For the client: name, value, name, value, …; the names in lower case. A name with several lines comes several times
   * in a row.
   */
  readonly rawHeaders: readonly string[];
  readonly body: ResponseBody;
};

export type ResponseBody = {
  /**
   * The whole body, empty if there is none; undefined if a part of it is still to come, or was passed on. A small
   * response is usually complete by the time its head is handed over, and can be sent like any other reply.
   */
  readonly complete: () => Buffer | undefined;
  /**
   * Waits until the whole body has arrived (true), or more than `maxBytes` of it (false). It can still be piped.
   * Rejects if the upstream breaks off.
   */
  readonly readUpTo: (maxBytes: number) => Promise<boolean>;
  /**
   * Writes what has arrived and what is still to come to `res`, whose head is written already, and ends it. If the
   * upstream breaks off, `res` is destroyed, so that a partial response does not look complete.
   */
  readonly pipeTo: (res: BodyReceiver) => void;
  /** Breaks off the response, unless it is complete. */
  readonly discard: () => void;
};

/** What a body is written to: a `ServerResponse`. */
export type BodyReceiver = Pick<Writable, "write" | "end" | "destroy" | "destroyed" | "on" | "writableNeedDrain">;

export type UpstreamFailure = {
  readonly kind: "unreachable" | "broken" | "timeout" | "busy" | "slow-body";
  readonly cause: unknown;
};

export type UpstreamOutcome =
  | UpstreamResponse
  /** Nothing was sent: the upstream could read a path parameter as a part of another path. */
  | { readonly kind: "ambiguous-path" }
  /** `isStillAdmitted` returned false. */
  | { readonly kind: "not-admitted" }
  /** The rest of the body turned out to be invalid: the upstream has not received its end. */
  | { readonly kind: "body-refused"; readonly reply: Reply }
  /** The response does not match the contract, and this is enforced. */
  | { readonly kind: "undeclared" }
  /** It failed so often that it is not called for a moment; nothing was sent. */
  | { readonly kind: "circuit-open"; readonly retryAfterMs: number; readonly cause: unknown }
  | UpstreamFailure;

/** Sends a request to its upstream. Never throws. */
export type Upstream = (request: UpstreamRequest) => Promise<UpstreamOutcome>;

/** A WebSocket to an upstream. */
export type UpstreamTunnel = {
  readonly kind: "tunnel";
  /** For the client, without those that open the WebSocket between it and the gateway. */
  readonly rawHeaders: readonly string[];
  readonly socket: Duplex;
  /** For how long it may be idle; 0: without a limit. */
  readonly idleTimeoutMs: number;
  /** Called once, when it is over. */
  readonly release: () => void;
};

/** Asks an upstream for a WebSocket. Any other response means that it refuses. Never throws. */
export type OpenTunnel = (request: UpstreamRequest, handshakeKey: string) => Promise<UpstreamOutcome | UpstreamTunnel>;

/** The upstreams of a contract. */
export type Gateway = {
  readonly send: Upstream;
  readonly openTunnel: OpenTunnel;
  readonly streams: OpenStreams;
  /** How many circuit breakers are open. */
  readonly openCircuits: () => number;
};
