/** Each is a promise broken. */
export type FindingKind =
  /** Acknowledged, and not so any more. */
  | "lost"
  | "revoked-accepted"
  /** A key whose successor is missing, or a successor of none. */
  | "half-rotation"
  /** Nobody asked for it. */
  | "invented"
  | "audit"
  /** A deed was not answered with success though the service ran. */
  | "refused";

export type Finding = { readonly kind: FindingKind; readonly text: string };
