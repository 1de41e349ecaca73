import { type Operation, toOperations } from "./operations.ts";
import type { Outline } from "./outline.ts";
import { type Policy, toPolicy } from "./plans.ts";

/** The parts of a contract that actions on clients and keys need. */
export type ContractTerms = {
  readonly operations: readonly Operation[];
  /** The described scopes: name → description. */
  readonly scopes: Readonly<Record<string, string>>;
  readonly policy: Policy;
};

/** Never throws, so that keys can be revoked while the contract has findings. */
export function toContractTerms(outline: Outline): ContractTerms {
  return { operations: toOperations(outline), scopes: outline.scopes, policy: toPolicy(outline.extension) };
}
