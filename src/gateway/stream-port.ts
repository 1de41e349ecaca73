import type { Readable } from "node:stream";
import type { Operation } from "../contract/model/operations.ts";
import type { ApiKey } from "../keys/key.ts";

/** What an upstream is told about the caller. */
export type Caller = {
  /** Undefined when the operation is public, or when the upstream checks the security of the operation itself. */
  readonly key: ApiKey | undefined;
  readonly requestId: string;
  readonly address: string;
  readonly isTls: boolean;
  readonly host: string | undefined;
};

/** A header parameter of the contract, with the value that was checked; undefined when the client did not send it. */
export type CheckedHeader = readonly [name: string, value: string | undefined];

/** A request that has passed every stage, for an upstream. */
export type UpstreamRequest = Caller & {
  readonly operation: Operation;
  readonly method: string;
  /** Decoded. */
  readonly pathParams: Readonly<Record<string, string>>;
  /** As sent, without the key. */
  readonly query: string;
  /** Name, value, name, value, … */
  readonly rawHeaders: readonly string[];
  readonly checkedHeaders: readonly CheckedHeader[];
  /** A buffer that was read and decoded, or the stream of a body that is passed on as it arrives. */
  readonly body: Buffer | Readable | undefined;
  /** The Content-Length of a streamed body. */
  readonly length: string | undefined;
  /** Aborted when the client disconnects. */
  readonly signal: AbortSignal;
  /** Asked after every wait, before anything is sent. Never throws. */
  readonly isStillAdmitted: () => Promise<boolean>;
};

export type UpstreamResponse = {
  readonly kind: "response";
  readonly status: number;
  readonly headers: readonly [string, string][];
  /** It has a listener for errors, so that destroying it, or leaving it unread, cannot end the process. */
  readonly body: Readable;
};

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
  | UpstreamFailure;

/** Sends a request to its upstream. Never throws. */
export type Upstream = (request: UpstreamRequest) => Promise<UpstreamOutcome>;
