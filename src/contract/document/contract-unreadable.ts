import { fileURLToPath } from "node:url";
import type { Finding } from "./finding.ts";

/** The file cannot be read or parsed; `findings` say why and where. */
export class ContractUnreadable extends Error {
  readonly file: string;
  readonly findings: readonly Finding[];

  constructor(file: string | URL, findings: readonly Finding[], options?: ErrorOptions) {
    super("The contract cannot be read.", options);
    this.file = file instanceof URL ? fileURLToPath(file) : file;
    this.findings = findings;
  }
}
