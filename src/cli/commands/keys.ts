import { Command, Option } from "commander";
import { type ActionDeps, OPERATOR_AUTHORITY, within } from "../../admin/actions.ts";
import { registerClient } from "../../admin/clients/register-client.ts";
import { type IssueOutcome, issueKey } from "../../admin/keys/issue-key.ts";
import { finishBulkRevocations } from "../../admin/keys/revoke-in-bulk.ts";
import { revokeKey } from "../../admin/keys/revoke-key.ts";
import { viewOfIssued, viewOfKey } from "../../admin/views.ts";
import { type ApiKey, ENVIRONMENTS, type Environment } from "../../keys/key.ts";
import { KEY_STATES, type KeyState, stateOf } from "../../keys/lifecycle.ts";
import type { Metadata } from "../../keys/metadata.ts";
import { isAdministrative } from "../../keys/scopes.ts";
import { type Instant, optionalTimestamp } from "../../lib/time/clock.ts";
import { findClient } from "../../store/clients.ts";
import { transact } from "../../store/database/transact.ts";
import { findKey } from "../../store/keys.ts";
import { isScopeOfKeys, listKeys } from "../../store/list-keys.ts";
import { requireConsent, requireTerminal } from "../consent.ts";
import { everyPage } from "../every-page.ts";
import { CommandFailed, UsageError } from "../failure.ts";
import { describeLiveTraffic } from "../live-traffic.ts";
import { toClientFailure, unknownClient, unknownKey } from "../outcome-failures.ts";
import { emptyText, toJson, toTable } from "../output.ts";
import { type Session, withActions } from "../session.ts";
import { gather, parseEnd, parseMetadata, requireText } from "../words.ts";
import { addHygiene } from "./hygiene.ts";
import { toTermsFailure } from "./key-terms.ts";
import { limitsCommand } from "./limits.ts";
import { addRotation, type JsonOption, secretText } from "./rotation.ts";
import { addShow } from "./show-key.ts";
import { addUpdate } from "./update-key.ts";

export function keysCommand(session: Session): Command {
  const keys = new Command("keys").description("issue, find, rotate, pause and revoke keys");

  keys
    .command("create")
    .description("issue a key and print its secret, this once")
    .option("--client <client>", "id or name of the client that holds the key")
    .option("--create-client", "register the client if there is none of that name")
    .option("--scope <scope>", "what the key may do; give it several times for several scopes", gather, [])
    .option("--admin", "grant every administrative scope; the client defaults to one named admin")
    .option("--name <name>", "what people call the key", "unnamed")
    .addOption(new Option("--environment <environment>", "live or test").choices(ENVIRONMENTS).default("live"))
    .option("--expires <end>", "when it stops being valid: 90d, 12h, 30m, 4w, or 2027-01-31T12:00:00Z")
    .option(
      "--allow-ip <range>",
      "from where it may be used, such as 203.0.113.0/24; several times for several",
      gather,
      [],
    )
    .option("--self-rotation", "let the key rotate itself over HTTP")
    .option("--metadata <json>", `your notes, such as '{"team":"blue"}'`, parseMetadata)
    .option("--json", 'print {"key": …, "secret": "…"}')
    .addHelpText("after", CREATE_EXAMPLES)
    .action((options: CreateOptions) => create(session, options));

  keys
    .command("list")
    .description("list keys, newest first, revoked and expired ones too")
    .option("--client <client>", "id or name: only the keys that this client holds")
    .addOption(new Option("--state <state>", "only keys in this state").choices(KEY_STATES))
    .addOption(new Option("--environment <environment>", "live or test").choices(ENVIRONMENTS))
    .option("--scope <scope>", "only keys that have this scope")
    .option("--last-four <characters>", "only keys whose secret ends in these four characters")
    .option("--text <text>", "only keys whose name contains this, in any case; three characters or more")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey keys list --client my-app --state active")
    .action((options: ListOptions) => list(session, options));

  addShow(keys, session);
  addHygiene(keys, session);

  keys
    .command("revoke")
    .description("revoke a key, for good; a running service refuses it from the next request on")
    .argument("<id>", "public id")
    .option("--reason <text>", "why, for those who look at the key later")
    .option("--keep-successors", "leave the keys be that were issued in its place by rotation")
    .option("--yes", "do not ask")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExample:\n  latchkey keys revoke key_4Tz0ZkX0b1TnVd4sWcYe --reason 'leaked in a build log'",
    )
    .action((id: string, options: RevokeOptions) => revoke(session, id, options));

  keys.addCommand(limitsCommand(session, "key"));
  addUpdate(keys, session);
  addRotation(keys, session);
  return keys;
}

const CREATE_EXAMPLES = `
Examples:
  latchkey keys create --client my-app --create-client --scope data:read --scope info:read
  latchkey keys create --client my-app --scope data:read --expires 90d --json
  latchkey keys create --admin`;

type CreateOptions = JsonOption & {
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

async function create(session: Session, options: CreateOptions) {
  const { admin, scope, json } = options;
  const client = options.client ?? (admin ? "admin" : undefined);
  if (client === undefined) throw new UsageError("Say who holds the key: --client NAME (or --admin).");

  const { key, secret, now } = await withActions(session, async (deps, document) => {
    const [first] = deps.scopes.filter((one) => !isAdministrative(one));
    // A contract without scopes is one whose keys need none.
    if (scope.length === 0 && !admin && first !== undefined)
      throw new UsageError(`Say what the key may do: --scope ${first} (or --admin).`);
    requireText(document, "ClientName", client, "The client");
    requireText(document, "KeyName", options.name, "The name");
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
      // Inside, so that a refusal takes the new client back, too.
      return requireIssued(await issueKey(wanted, OPERATOR_AUTHORITY, inside), options, client);
    });
    return { ...issued, now };
  });
  session.out(json ? toJson(viewOfIssued({ key, secret }, now)) : issuedText(key, secret));
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
      throw new CommandFailed(`There is no client ${client}; add --create-client to register it.`);
    case "scope-not-grantable":
      throw new Error("The operator was refused a scope.");
    default:
      throw toTermsFailure(outcome, options);
  }
}

function issuedText(key: ApiKey, secret: string): string {
  return secretText(`Issued ${key.id} to ${key.client.name}, with ${key.scopes.join(", ")}.`, secret);
}

type ListOptions = JsonOption & {
  readonly client?: string;
  readonly state?: KeyState;
  readonly environment?: Environment;
  readonly scope?: string;
  readonly lastFour?: string;
  readonly text?: string;
};

async function list(session: Session, { client, json, ...wanted }: ListOptions) {
  const { keys, now } = await withActions(session, async ({ db, clock, scopes }, document) => {
    if (wanted.text !== undefined) requireText(document, "SearchText", wanted.text, "The text");
    if (wanted.lastFour !== undefined) requireText(document, "LastFour", wanted.lastFour, "The end of the secret");
    const clientId = client === undefined ? undefined : (await findClient(db, client))?.id;
    if (client !== undefined && clientId === undefined) throw unknownClient(client);
    const now = clock.now();
    const filter = { ...wanted, clientId, now };
    if (wanted.scope !== undefined && !(await isScopeOfKeys(db, wanted.scope, scopes))) {
      throw new UsageError(`There is no scope ${wanted.scope}, and no key has it. There are: ${scopes.join(", ")}.`);
    }
    return { keys: await everyPage("keys", (request) => listKeys(db, request, filter)), now };
  });
  if (json) session.out(toJson({ items: keys.map((key) => viewOfKey(key, now)), nextCursor: null }));
  else
    session.out(
      keys.length === 0
        ? emptyText("keys", { client, ...wanted })
        : toTable(
            LIST_HEAD,
            keys.map((key) => toRow(key, now)),
          ),
    );
}

const LIST_HEAD = ["ID", "CLIENT", "NAME", "ENV", "STATE", "ENDS IN", "SCOPES", "EXPIRES"];

function toRow(key: ApiKey, now: Instant): readonly string[] {
  const expires = optionalTimestamp(key.expiresAt) ?? "never";
  return [
    key.id,
    key.client.name,
    key.name,
    key.environment,
    stateOf(key, now),
    key.lastFour,
    key.scopes.join(","),
    expires,
  ];
}

type RevokeOptions = JsonOption & { readonly reason?: string; readonly keepSuccessors?: true; readonly yes?: true };

async function revoke(session: Session, id: string, { reason, keepSuccessors, yes, json }: RevokeOptions) {
  requireTerminal(session, { yes });

  const { key, now } = await withActions(session, async (deps, document) => {
    if (reason !== undefined) requireText(document, "RevocationReason", reason, "The reason");
    const found = await findKey(deps.db, id);
    if (found === undefined) throw unknownKey(id);
    const traffic = await describeLiveTraffic(deps.db, id, deps.clock.now());
    const question = `Revoke ${id} of ${found.client.name} (${found.name}) for good?`;
    const forwardAuth = traffic === undefined ? question : `${traffic} ${question}`;
    await requireConsent(session, { yes }, forwardAuth, "Nothing was revoked.");
    const outcome = await revokeKey(id, { reason: reason ?? null, keepSuccessors: keepSuccessors ?? false }, deps);
    if (outcome.kind === "key-unknown") throw unknownKey(id);
    await finishBulkRevocations(deps);
    return { key: outcome.key, now: deps.clock.now() };
  });
  session.out(json ? toJson(viewOfKey(key, now)) : `Revoked ${id}. It is refused from the next request on.\n`);
}
