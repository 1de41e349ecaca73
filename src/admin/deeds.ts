import type { Clock } from "../lib/clock.ts";
import type { RandomBytes } from "../lib/random.ts";
import type { Database } from "../store/schema.ts";

/** What the deeds of this room need from the outside. */
export type DeedDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** First part of the text of new keys. */
  readonly brand: string;
  /** Every scope that the contract knows. */
  readonly scopes: readonly string[];
};

/** The same dependencies inside the transaction `db`. */
export function within(deps: DeedDeps, db: Database): DeedDeps {
  return { ...deps, db };
}

/** Who does a deed: whoever sits at the machine may do everything, a key only what its scopes allow. */
export type Actor = { readonly kind: "operator" } | { readonly kind: "key"; readonly scopes: readonly string[] };

export const OPERATOR: Actor = { kind: "operator" };

export type Metadata = Readonly<Record<string, string>>;
