import { Command, Option } from "commander";
import type { RevokeOptions, UpdateOptions } from "../commands/clients/change-client.ts";
import type { ListOptions } from "../commands/clients/list-clients.ts";
import { parseMetadata } from "../option-values.ts";
import type { JsonOption } from "../output.ts";
import type { Session } from "../session.ts";
import { limitsCommand } from "./limits.ts";
import { wideOption } from "./shared-options.ts";

export function clientsCommand(session: Session): Command {
  const clients = new Command("clients").description(
    "register, list, show, change and disable the clients that hold keys",
  );
  addCreate(clients, session);
  addList(clients, session);
  addShow(clients, session);
  addUpdate(clients, session);
  addRevokeKeys(clients, session);
  clients.addCommand(limitsCommand(session, "client"));
  addDisable(clients, session);
  addEnable(clients, session);
  return clients;
}

function addCreate(clients: Command, session: Session) {
  clients
    .command("create")
    .description("register a client")
    .argument("<name>", "unique name")
    .option("--plan <plan>", "how often it may call: the name of a plan; the default plan if left out")
    .option("--metadata <json>", `your notes, such as '{"team":"blue"}'`, parseMetadata)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey clients create my-app --plan free")
    .action(async (name: string, options: UpdateOptions) =>
      (await import("../commands/clients/change-client.ts")).createClient(session, name, options),
    );
}

function addList(clients: Command, session: Session) {
  clients
    .command("list")
    .description("list clients, newest first")
    .addOption(new Option("--state <state>", "only clients in this state").choices(["active", "disabled"]))
    .option("--text <text>", "only clients whose name contains this, in any case; three characters or more")
    .addOption(wideOption())
    .option("--json", "print JSON")
    .action(async (options: ListOptions) =>
      (await import("../commands/clients/list-clients.ts")).listAllClients(session, options),
    );
}

function addShow(clients: Command, session: Session) {
  clients
    .command("show")
    .description("show a client, its plan and its keys, and what remains of its quotas")
    .argument("<client>", "id or name")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey clients show my-app")
    .action(async (client: string, options: JsonOption) =>
      (await import("../commands/clients/show-client.ts")).showClient(session, client, options),
    );
}

function addUpdate(clients: Command, session: Session) {
  clients
    .command("update")
    .description("change a client")
    .argument("<client>", "id or name")
    .option("--name <name>", "another unique name")
    .option("--plan <plan>", "another plan, or default")
    .option("--metadata <json>", "your notes; they replace the old ones", parseMetadata)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nOptions that you leave out change nothing.\n\nExample:\n  latchkey clients update my-app --name my-shop",
    )
    .action(async (client: string, options: UpdateOptions) =>
      (await import("../commands/clients/change-client.ts")).updateOneClient(session, client, options),
    );
}

function addRevokeKeys(clients: Command, session: Session) {
  clients
    .command("revoke-keys")
    .description("revoke all keys of a client, for good; a running service refuses them from the next request on")
    .argument("<client>", "id or name")
    .option("--reason <text>", "why, for those who look at the keys later")
    .option("--yes", "do not ask")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey clients revoke-keys my-app --reason 'contract ended'")
    .action(async (client: string, options: RevokeOptions) =>
      (await import("../commands/clients/change-client.ts")).revokeKeys(session, client, options),
    );
}

function addDisable(clients: Command, session: Session) {
  clients
    .command("disable")
    .description("disable a client: all its keys are refused at once")
    .argument("<client>", "id or name")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey clients disable my-app")
    .action(async (client: string, options: JsonOption) =>
      (await import("../commands/clients/change-client.ts")).disableOneClient(session, client, options),
    );
}

function addEnable(clients: Command, session: Session) {
  clients
    .command("enable")
    .description("enable a disabled client")
    .argument("<client>", "id or name")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey clients enable my-app")
    .action(async (client: string, options: JsonOption) =>
      (await import("../commands/clients/change-client.ts")).enableOneClient(session, client, options),
    );
}
