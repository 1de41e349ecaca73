import type { Readable } from "node:stream";
import type { Operation } from "../contract/model/operations.ts";
import type { ApiKey } from "../keys/key.ts";

/** A request that everybody has agreed to. */
export type Outgoing = {
  readonly operation: Operation;
  readonly method: string;
  /** Decoded. */
  readonly pathParams: Readonly<Record<string, string>>;
  /** As it was sent, without the key. */
  readonly query: string;
  /** Name, value, name, value, … */
  readonly rawHeaders: readonly string[];
  /** The header parameters of the operation, with the values that were checked; undefined: not sent. */
  readonly checkedHeaders: readonly (readonly [name: string, value: string | undefined])[];
  readonly key: ApiKey | undefined;
  readonly requestId: string;
  readonly address: string;
  readonly isTls: boolean;
  readonly host: string | undefined;
  /** Read already, and decoded; or as it comes. */
  readonly body: Buffer | Readable | undefined;
  /** The length that the client announced for a body as it comes. */
  readonly length: string | undefined;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  /** Asked after every wait before something is sent. Never throws. */
  readonly isStillAdmitted: () => Promise<boolean>;
};

export type Answered = {
  readonly kind: "answered";
  readonly status: number;
  readonly headers: readonly [string, string][];
  readonly body: Readable;
};

export type Incoming =
  | Answered
  /** No upstream may be asked for this: a parameter could be read as another path. */
  | { readonly kind: "refused" }
  /** `isStillAdmitted` said no. */
  | { readonly kind: "not-admitted" }
  | {
      readonly kind: "unreachable" | "broken" | "timeout" | "busy" | "slow-body";
      readonly cause: unknown;
    };

/** Whoever answers in the end. Never throws. */
export type Upstream = (outgoing: Outgoing) => Promise<Incoming>;
