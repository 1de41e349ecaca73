/** Each is a broken promise. */
export type FindingKind =
  /** Acknowledged, and no longer there. */
  | "lost"
  | "revoked-accepted"
  /** A key without its successor, or a successor without its predecessor. */
  | "half-rotation"
  /** Stored, and never requested. */
  | "invented"
  | "audit"
  /** An action failed although the service was running. */
  | "refused";

export type Finding = { readonly kind: FindingKind; readonly text: string };
