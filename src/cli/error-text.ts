import { ClusterUnusable } from "../cluster/worker-pool.ts";
import { ContractUnreadable } from "../contract/document/contract-unreadable.ts";
import { folded, toLines } from "../contract/document/finding.ts";
import { CertificateUnusable } from "../http/server/tls.ts";
import { ContractRefused } from "../service/served-contract.ts";
import { SecretsUnusable } from "../service/upstream/upstream-credentials.ts";
import { StoreUnusable } from "../store/database/database.ts";
import { StoreLost } from "../store/database/database-file.ts";
import { StoreFailure } from "../store/database/failure.ts";

/** The text of an error that a command does not expect: the problem, and the fix where there is one. */
export function errorText(error: unknown): string {
  if (error instanceof ContractRefused || error instanceof ContractUnreadable) {
    return `${error.message}\n${toLines(error.file, folded(error.findings))}`;
  }
  if (isForOperator(error)) return error.message;
  if (error instanceof StoreFailure) return explainStore(error);

  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === "ERR_SQLITE_ERROR" && message.startsWith("no such ")) {
    return `The database lacks a part (${message}), so something other than the service changed it: restore a backup.`;
  }
  return (code !== undefined && SYSTEM_ERRORS[code]) || stack || message;
}

/** Is the message of `error` for the operator, with the fix? */
function isForOperator(error: unknown): error is Error {
  return [StoreUnusable, StoreLost, CertificateUnusable, SecretsUnusable, ClusterUnusable].some(
    (Kind) => error instanceof Kind,
  );
}

function explainStore({ isBusy, cause }: StoreFailure): string {
  if (isBusy) return "Another process holds the database: try again in a moment.";
  return `The database cannot be read or written (${cause.message}): check the disk, or restore a backup.`;
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: "The port is taken: end the other program, or choose another port, for example PORT=9000.",
  EACCES: "This user may not listen on the port: choose one above 1023, for example PORT=9000.",
  EADDRNOTAVAIL: "HOST is not an address of this machine: leave it out, or set it to 127.0.0.1 or 0.0.0.0.",
  ENOTFOUND: "HOST cannot be resolved: leave it out, or set it to 127.0.0.1 or 0.0.0.0.",
};
