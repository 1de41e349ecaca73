/** Which keys may have changed between two moments. */
export type KeyChanges =
  /** Nothing names them, so each of them may have. */
  | { readonly kind: "all" }
  | {
      readonly kind: "named";
      readonly digests: readonly string[];
      /** Every key of these clients. */
      readonly clientIds: readonly string[];
    };

export const ALL_KEYS: KeyChanges = { kind: "all" };
export const NO_KEYS: KeyChanges = { kind: "named", digests: [], clientIds: [] };
