/** A request as it is sent, byte for byte. */
export type CorpusRequest = {
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | undefined;
};

/** A request, and what has to become of it. */
export type CorpusCase = {
  /** For reports: what was generated. */
  readonly kind: string;
  readonly request: CorpusRequest;
  /** Undefined: it is valid. Otherwise the places that a refusal may name, as JSON pointers. */
  readonly refusedAt?: readonly string[];
  /** 404 refuses it too: the broken parameter tells operations of one path apart. */
  readonly orNotFound?: boolean;
};
