import type { Config } from "../config/config.ts";
import { judgeContract } from "../contract/checks/checks.ts";
import type { Finding } from "../contract/document/finding.ts";
import { type LoadedDocument, loadDocument } from "../contract/document/load.ts";
import { loadUserContract, type Served } from "../contract/user/load-user-contract.ts";
import { ownOperations } from "../contract/user/merge.ts";

/** The contract of this service. */
export const CONTRACT = new URL("../../openapi.yaml", import.meta.url);

/** The contract must not be served as it is. */
export class ContractRefused extends Error {
  readonly file: string;
  readonly findings: readonly Finding[];

  constructor(file: string, findings: readonly Finding[], options?: ErrorOptions) {
    super("The contract has findings that stop the start.", options);
    this.file = file;
    this.findings = findings;
  }
}

/** What of the settings says which contract is served, and how. */
export type ContractConfig = Pick<Config, "contract">;

export type ServedOptions = {
  /** The operationIds of ours that have a handler. */
  readonly handlers: readonly string[];
  /** An app that this service is a part of answers what has no upstream. */
  readonly isInApp: boolean;
};

/**
 * The contract that the settings name, with the operations of ours beside it; or ours alone.
 * @throws ContractUnreadable
 */
export async function loadServed(
  { contract: { path, isLenient, upstream } }: ContractConfig,
  own: LoadedDocument,
  { handlers, isInApp }: ServedOptions,
): Promise<Served> {
  if (path === undefined) return { contract: own, ...judgeContract(own, { handlers }) };
  return loadUserContract(path, own.document, { isLenient, isAnswered: isInApp || upstream !== undefined });
}

/** The operations of ours that are answered here, whatever is beside them. */
export function handledHere(
  { contract: { path } }: ContractConfig,
  own: LoadedDocument,
): readonly string[] | undefined {
  return path === undefined ? undefined : ownOperations(own.document);
}

/** The served contract for those who only look things up in it: it was judged at the start of the service. */
export async function findServed({ contract: { path, isLenient } }: ContractConfig, own: LoadedDocument) {
  return path === undefined
    ? own
    : (await loadUserContract(path, own.document, { isLenient, isAnswered: true })).contract;
}

export function loadOwn(): LoadedDocument {
  return loadDocument(CONTRACT);
}
