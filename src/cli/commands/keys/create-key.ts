import { type ActionDeps, OPERATOR_AUTHORITY, within } from "../../../admin/actions.ts";
import { registerClient } from "../../../admin/clients/register-client.ts";
import { type IssueOutcome, issueKey } from "../../../admin/keys/issue-key.ts";
import { viewOfIssued } from "../../../admin/views.ts";
import type { ApiKey, Environment } from "../../../keys/key.ts";
import type { Metadata } from "../../../keys/metadata.ts";
import { isAdministrative } from "../../../keys/scopes.ts";
import type { Instant } from "../../../lib/time/clock.ts";
import { findClient } from "../../../store/clients.ts";
import { transact } from "../../../store/database/transact.ts";
import { CommandFailed, UsageError } from "../../failure.ts";
import { parseEnd } from "../../option-values.ts";
import { toClientFailure } from "../../outcome-failures.ts";
import { type JsonOption, toJson } from "../../output.ts";
import { requireText } from "../../require-text.ts";
import { type Session, withChanges } from "../../session.ts";
import { describeEnd } from "../../terminal/relative-time.ts";
import { toTermsFailure } from "./key-terms.ts";
import { secretText } from "./secret-text.ts";

export type CreateOptions = JsonOption & {
  readonly client?: string;
  readonly createClient?: true;
  readonly scope: readonly string[];
  readonly admin?: true;
  readonly name: string;
  readonly environment: Environment;
  readonly expires?: string;
  readonly allowIp: readonly string[];
  readonly selfRotation?: true;
  readonly metadata?: Metadata;
};

export async function createKey(session: Session, options: CreateOptions) {
  const { admin, scope, json } = options;
  const client = options.client ?? (admin ? "admin" : undefined);
  if (client === undefined) throw new UsageError("No client given: add --client NAME, or --admin.");

  const { key, secret, now } = await withChanges(session, async (deps, checkText) => {
    const [first] = deps.scopes.filter((one) => !isAdministrative(one));
    // Where the contract has no scopes, keys need none.
    if (scope.length === 0 && !admin && first !== undefined)
      throw new UsageError(`No scope given: add for example --scope ${first}, or --admin.`);
    requireText(checkText, "ClientName", client, "The client");
    requireText(checkText, "KeyName", options.name, "The name");
    const now = deps.clock.now();
    const wanted = {
      client,
      name: options.name,
      scopes: [...new Set([...scope, ...(admin ? deps.scopes.filter(isAdministrative) : [])])],
      environment: options.environment,
      expiresAt: options.expires === undefined ? null : parseEnd(options.expires, now),
      allowedIps: options.allowIp,
      selfRotation: options.selfRotation ?? false,
      metadata: options.metadata,
    };
    const createClient = options.createClient || (admin && options.client === undefined);
    const issued = await transact(deps.db, async (tx) => {
      const inside = within(deps, tx);
      if (createClient && !(await findClient(tx, client))) await registerOrFail(client, inside);
      // In the same transaction, so that a refusal rolls the new client back too.
      return requireIssued(await issueKey(wanted, OPERATOR_AUTHORITY, inside), options, client);
    });
    return { ...issued, now };
  });
  session.out(json ? toJson(viewOfIssued({ key, secret }, now)) : issuedText(key, secret, now));
}

async function registerOrFail(name: string, deps: ActionDeps) {
  const outcome = await registerClient({ name }, deps);
  if (outcome.kind !== "registered") throw toClientFailure(outcome, name);
}

function requireIssued(outcome: IssueOutcome, options: CreateOptions, client: string) {
  switch (outcome.kind) {
    case "issued":
      return outcome;
    case "client-unknown":
      throw new CommandFailed(`Unknown client ${client}: add --create-client to register it.`);
    case "scope-not-grantable":
      throw new Error("The operator was refused a scope.");
    default:
      throw toTermsFailure(outcome, options);
  }
}

function issuedText(key: ApiKey, secret: string, now: Instant): string {
  const expiry = key.expiresAt === null ? "" : ` It expires ${describeEnd(key.expiresAt, now)}.`;
  return secretText(`Issued ${key.id} to ${key.client.name}, with ${key.scopes.join(", ")}.${expiry}`, secret);
}
