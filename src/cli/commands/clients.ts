import { Command } from "commander";
import { OPERATOR } from "../../admin/deeds.ts";
import { disableClient, enableClient } from "../../admin/pause-client.ts";
import { registerClient } from "../../admin/register-client.ts";
import { viewOfClient } from "../../admin/views.ts";
import type { Client } from "../../keys/client.ts";
import { toTimestamp } from "../../lib/clock.ts";
import { listClients } from "../../store/clients.ts";
import { everyPage } from "../every-page.ts";
import { CommandFailed } from "../failure.ts";
import { toJson, toTable } from "../output.ts";
import { type Session, withDeeds } from "../session.ts";
import { requireText } from "../words.ts";

export function clientsCommand(session: Session): Command {
  const clients = new Command("clients").description("register, list and pause those who hold keys");

  clients
    .command("create")
    .description("register a client")
    .argument("<name>", "unique name")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey clients create my-app")
    .action((name: string, options: { json?: true }) => create(session, name, options));

  clients
    .command("list")
    .description("list all clients, newest first")
    .option("--json", "print JSON")
    .action((options: { json?: true }) => list(session, options));

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
  const outcome = await withDeeds(session, (deps) =>
    word === "disable" ? disableClient(name, deps) : enableClient(name, OPERATOR, deps),
  );
  if (outcome.kind === "client-unknown")
    throw new CommandFailed(`There is no client ${name}; latchkey clients list shows all.`);
  if (outcome.kind === "scope-not-grantable") throw new Error("The operator was refused a scope.");
  const text = word === "disable" ? "Paused" : "Enabled";
  session.out(json ? toJson(viewOfClient(outcome.client)) : `${text} ${outcome.client.name}.\n`);
}

async function create(session: Session, name: string, { json }: { json?: true }) {
  const outcome = await withDeeds(session, (deps, document) => {
    requireText(document, "ClientName", name, "The name");
    return registerClient({ name }, deps);
  });
  if (outcome.kind === "name-taken") throw new CommandFailed(`There is a client ${name} already; choose another name.`);
  if (outcome.kind === "name-like-id")
    throw new CommandFailed("A name must not begin with client_; choose another one.");
  session.out(json ? toJson(viewOfClient(outcome.client)) : `Registered ${name} as ${outcome.client.id}.\n`);
}

async function list(session: Session, { json }: { json?: true }) {
  const clients = await withDeeds(session, ({ db }) => everyPage((request) => listClients(db, request)));
  if (json) session.out(toJson({ items: clients.map(viewOfClient), nextCursor: null }));
  else
    session.out(
      clients.length === 0 ? "There are no clients yet.\n" : toTable(["ID", "NAME", "CREATED"], clients.map(toRow)),
    );
}

function toRow({ id, name, createdAt }: Client): readonly string[] {
  return [id, name, toTimestamp(createdAt)];
}
