import { Command, Option } from "commander";
import { OPERATOR_AUTHORITY } from "../../admin/actions.ts";
import { disableClient, enableClient } from "../../admin/clients/disable-client.ts";
import { registerClient } from "../../admin/clients/register-client.ts";
import { updateClient } from "../../admin/clients/update-client.ts";
import { revokeClientKeys } from "../../admin/keys/revoke-client-keys.ts";
import { finishBulkRevocations } from "../../admin/keys/revoke-in-bulk.ts";
import { viewOfClient, viewOfRevoked } from "../../admin/views.ts";
import type { Client } from "../../keys/client.ts";
import type { Metadata } from "../../keys/metadata.ts";
import { toTimestamp } from "../../lib/time/clock.ts";
import { findClient } from "../../store/clients.ts";
import { listClients } from "../../store/list-clients.ts";
import { requireConsent, requireTerminal } from "../consent.ts";
import { everyPage } from "../every-page.ts";
import { UsageError } from "../failure.ts";
import { toClientFailure, unknownClient } from "../outcome-failures.ts";
import { emptyText, toJson, toTable } from "../output.ts";
import { type Session, withActions } from "../session.ts";
import { parseMetadata, requireText } from "../words.ts";
import { limitsCommand } from "./limits.ts";

export function clientsCommand(session: Session): Command {
  const clients = new Command("clients").description("register, find, change and pause those who hold keys");

  clients
    .command("create")
    .description("register a client")
    .argument("<name>", "unique name")
    .option("--plan <plan>", "how often it may call, by the name of a plan; left out, the default plan")
    .option("--metadata <json>", `your notes, such as '{"team":"blue"}'`, parseMetadata)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey clients create my-app --plan free")
    .action((name: string, options: UpdateOptions) => create(session, name, options));

  clients
    .command("list")
    .description("list clients, newest first")
    .addOption(new Option("--state <state>", "only clients in this state").choices(["active", "disabled"]))
    .option("--text <text>", "only clients whose name contains this, in any case; three characters or more")
    .option("--json", "print JSON")
    .action((options: ListOptions) => list(session, options));

  clients
    .command("update")
    .description("change a client")
    .argument("<client>", "id or name")
    .option("--name <name>", "another unique name")
    .option("--plan <plan>", "another plan, or default")
    .option("--metadata <json>", "your notes, in place of all there were", parseMetadata)
    .option("--json", "print JSON")
    .addHelpText("after", "\nWhat is left out stays.\n\nExample:\n  latchkey clients update my-app --name my-shop")
    .action((client: string, options: UpdateOptions) => update(session, client, options));

  clients
    .command("revoke-keys")
    .description("revoke all keys of a client, for good; a running service refuses them from the next request on")
    .argument("<client>", "id or name")
    .option("--reason <text>", "why, for those who look at the keys later")
    .option("--yes", "do not ask")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey clients revoke-keys my-app --reason 'contract ended'")
    .action((client: string, options: RevokeOptions) => revokeKeys(session, client, options));

  clients.addCommand(limitsCommand(session, "client"));

  for (const word of ["disable", "enable"] as const) {
    clients
      .command(word)
      .description(
        word === "disable" ? "pause a client: all its keys are refused at once" : "let a paused client go on",
      )
      .argument("<client>", "id or name")
      .option("--json", "print JSON")
      .addHelpText("after", `\nExample:\n  latchkey clients ${word} my-app`)
      .action((client: string, options: { json?: true }) => pause(session, client, word, options));
  }

  return clients;
}

async function pause(session: Session, name: string, word: "disable" | "enable", { json }: { json?: true }) {
  const outcome = await withActions(session, (deps) =>
    word === "disable" ? disableClient(name, deps) : enableClient(name, OPERATOR_AUTHORITY, deps),
  );
  if (outcome.kind === "client-unknown") throw unknownClient(name);
  if (outcome.kind === "scope-not-grantable") throw new Error("The operator was refused a scope.");
  const text = word === "disable" ? "Paused" : "Enabled";
  session.out(json ? toJson(viewOfClient(outcome.client)) : `${text} ${outcome.client.name}.\n`);
}

async function create(session: Session, name: string, { plan, metadata, json }: UpdateOptions) {
  const outcome = await withActions(session, (deps, document) => {
    requireText(document, "ClientName", name, "The name");
    return registerClient({ name, plan, metadata }, deps);
  });
  if (outcome.kind !== "registered") throw toClientFailure(outcome, name);
  session.out(json ? toJson(viewOfClient(outcome.client)) : `Registered ${name} as ${outcome.client.id}.\n`);
}

type UpdateOptions = {
  readonly name?: string;
  readonly plan?: string;
  readonly metadata?: Metadata;
  readonly json?: true;
};

async function update(session: Session, client: string, { name, plan, metadata, json }: UpdateOptions) {
  if (name === undefined && plan === undefined && metadata === undefined) {
    throw new UsageError("Say what is to be different: --name, --plan or --metadata.");
  }
  const outcome = await withActions(session, (deps, document) => {
    if (name !== undefined) requireText(document, "ClientName", name, "The name");
    const update = { name, plan: plan === "default" ? null : plan, metadata };
    return updateClient({ id: client, update, isCurrent: () => true }, OPERATOR_AUTHORITY, deps);
  });
  switch (outcome.kind) {
    case "updated":
      return session.out(json ? toJson(viewOfClient(outcome.client)) : `Changed ${outcome.client.name}.\n`);
    case "client-unknown":
      throw unknownClient(client);
    case "edit-conflict":
    case "scope-not-grantable":
      throw new Error(`The operator was refused: ${outcome.kind}.`);
    default:
      throw toClientFailure(outcome, name);
  }
}

type RevokeOptions = { readonly reason?: string; readonly yes?: true; readonly json?: true };

async function revokeKeys(session: Session, name: string, { reason, yes, json }: RevokeOptions) {
  requireTerminal(session, { yes });

  const outcome = await withActions(session, async (deps, document) => {
    if (reason !== undefined) requireText(document, "RevocationReason", reason, "The reason");
    const client = await findClient(deps.db, name);
    if (client === undefined) throw unknownClient(name);
    await requireConsent(session, { yes }, `Revoke all keys of ${client.name} for good?`, "Nothing was revoked.");
    const revoked = await revokeClientKeys(client.id, reason ?? null, deps);
    await finishBulkRevocations(deps);
    return revoked;
  });
  if (outcome.kind === "client-unknown") throw unknownClient(name);
  const { revoked, client } = outcome;
  const keys = revoked === 1 ? "1 key" : `${revoked} keys`;
  session.out(
    json
      ? toJson(viewOfRevoked(outcome))
      : `Revoked ${keys} of ${client.name}. They are refused from the next request on.\n`,
  );
}

type ListOptions = { readonly state?: "active" | "disabled"; readonly text?: string; readonly json?: true };

async function list(session: Session, { json, ...filter }: ListOptions) {
  const clients = await withActions(session, ({ db }, document) => {
    if (filter.text !== undefined) requireText(document, "SearchText", filter.text, "The text");
    return everyPage("clients", (request) => listClients(db, request, filter));
  });
  if (json) session.out(toJson({ items: clients.map(viewOfClient), nextCursor: null }));
  else
    session.out(
      clients.length === 0 ? emptyText("clients", filter) : toTable(["ID", "NAME", "CREATED"], clients.map(toRow)),
    );
}

function toRow({ id, name, createdAt }: Client): readonly string[] {
  return [id, name, toTimestamp(createdAt)];
}
