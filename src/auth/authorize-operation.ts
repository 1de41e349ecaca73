import type { Operation } from "../contract/model/operations.ts";
import type { ApiKey } from "../keys/key.ts";
import { authorize, type Refusal } from "./authorize.ts";
import type { Identity } from "./identify.ts";

/** Why a request may reach its operation. */
export type Admission = {
  readonly kind: "admitted";
  /** Undefined for an operation that needs no key, and for a caller who sent none where none has to be sent. */
  readonly key: ApiKey | undefined;
  /** The scopes that were required of the key: those of the alternative that it met. */
  readonly scopes: readonly string[];
};

/** What decides about access to an operation. */
export type SecuredOperation = Pick<Operation, "id" | "isPublic" | "isOptional" | "requirements" | "otherAlternatives">;

/**
 * May a caller with this identity call the operation? The key has to meet one alternative of its security. If it meets
 * none, the refusal is that of the last one. A key that was sent is never treated as no key.
 * @throws Error when no alternative asks for a key, but the operation is not public: nothing may admit such a request.
 */
export function authorizeOperation(operation: SecuredOperation, identity: Identity): Admission | Refusal {
  // A key in a URL where no key belongs is refused even if the operation needs none.
  if (operation.isPublic) return identity.kind === "in-query" ? refusalOf(identity) : OPEN;
  if (mayLackKey(operation, identity)) return OPEN;

  const outcome = authorizeAlternatives(operation, identity);
  if (outcome === undefined) {
    if (operation.otherAlternatives.length === 0) {
      throw new Error(`No security requirement of ${operation.id} asks for a key.`);
    }
    return identity.kind === "in-query" ? refusalOf(identity) : { kind: "key-missing" };
  }
  if (outcome.kind !== "scope-missing" || !operation.isOptional) return outcome;
  // The request would be admitted without its key too.
  return { kind: "admitted", key: outcome.key, scopes: [] };
}

/**
 * May a caller with this identity call the operation, and each of its `rivals`, one of which the upstream may find in the
 * same path? The scopes of the admission are those of all of them.
 */
export function authorizeOperations(
  operation: SecuredOperation,
  rivals: readonly SecuredOperation[],
  identity: Identity,
): Admission | Refusal {
  let admission = authorizeOperation(operation, identity);
  for (const rival of rivals) {
    if (admission.kind !== "admitted") return admission;
    const other = authorizeOperation(rival, identity);
    if (other.kind !== "admitted") return other;
    admission = { ...admission, scopes: [...new Set([...admission.scopes, ...other.scopes])] };
  }
  return admission;
}

/** Is the request admitted because it has no key? */
function mayLackKey({ isOptional, otherAlternatives }: SecuredOperation, { kind }: Identity): boolean {
  if (kind === "other-credential") return isOptional || otherAlternatives.length > 0;
  return kind === "none" && isOptional;
}

/** The admission by the first alternative that the key meets, or else the refusal of the last one. */
function authorizeAlternatives(
  { requirements }: SecuredOperation,
  identity: Identity,
): Admission | Refusal | undefined {
  let refusal: Refusal | undefined;
  for (const requirement of requirements) {
    if (requirement.length === 0) continue;
    const scopes = requirement.length === 1 && requirement[0] ? requirement[0].scopes : scopesOf(requirement);
    const outcome = authorize(identity, scopes);
    if (outcome.kind === "admitted") return { kind: "admitted", key: outcome.key, scopes };
    refusal = outcome;
  }
  return refusal;
}

const OPEN: Admission = { kind: "admitted", key: undefined, scopes: [] };

function refusalOf({ parameter }: Extract<Identity, { readonly kind: "in-query" }>): Refusal {
  return { kind: "key-in-query", parameter };
}

function scopesOf(requirement: SecuredOperation["requirements"][number]): readonly string[] {
  return requirement.flatMap(({ scopes }) => scopes);
}
