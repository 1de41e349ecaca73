import { Command, Option } from "commander";
import { ENVIRONMENTS } from "../../keys/key.ts";
import { KEY_STATES } from "../../keys/lifecycle.ts";
import type { CreateOptions } from "../commands/keys/create-key.ts";
import type { HygieneOptions } from "../commands/keys/key-hygiene.ts";
import type { ListOptions } from "../commands/keys/list-keys.ts";
import type { RevokeOptions } from "../commands/keys/revoke-key.ts";
import type { RotateOptions } from "../commands/keys/rotate-key.ts";
import type { UpdateOptions } from "../commands/keys/update-key.ts";
import { gather, parseMetadata } from "../option-values.ts";
import type { JsonOption } from "../output.ts";
import type { Session } from "../session.ts";
import { limitsCommand } from "./limits.ts";
import { wideOption } from "./shared-options.ts";

export function keysCommand(session: Session): Command {
  const keys = new Command("keys").description("issue, list, rotate, disable and revoke keys");
  addCreate(keys, session);
  addList(keys, session);
  addShow(keys, session);
  addHygiene(keys, session);
  addRevoke(keys, session);
  keys.addCommand(limitsCommand(session, "key"));
  addUpdate(keys, session);
  addRotate(keys, session);
  addDisable(keys, session);
  addEnable(keys, session);
  return keys;
}

function addCreate(keys: Command, session: Session) {
  keys
    .command("create")
    .description("issue a key and print its secret, which is shown only once")
    .option("--client <client>", "id or name of the client that holds the key")
    .option("--create-client", "register the client if there is none of that name")
    .option("--scope <scope>", "what the key may do; repeat it for several scopes", gather, [])
    .option("--admin", "grant every administrative scope; the client defaults to one named admin")
    .option("--name <name>", "a name for the key", "unnamed")
    .addOption(new Option("--environment <environment>", "live or test").choices(ENVIRONMENTS).default("live"))
    .option(
      "--expires <end>",
      "when it expires: in 90d, 12h, 30min or 6mo, after 2027-01-31 (UTC), or at 2027-01-31T12:00:00Z",
    )
    .option(
      "--allow-ip <range>",
      "from where it may be used, such as 203.0.113.0/24; repeat it for several ranges",
      gather,
      [],
    )
    .option("--self-rotation", "let the key rotate itself over HTTP")
    .option("--metadata <json>", `your notes, such as '{"team":"blue"}'`, parseMetadata)
    .option("--json", 'print {"key": …, "secret": "…"}')
    .addHelpText("after", CREATE_EXAMPLES)
    .action(async (options: CreateOptions) =>
      (await import("../commands/keys/create-key.ts")).createKey(session, options),
    );
}

const CREATE_EXAMPLES = `
Examples:
  latchkey keys create --client my-app --create-client --scope data:read --scope info:read
  latchkey keys create --client my-app --scope data:read --expires 90d --json
  latchkey keys create --admin`;

function addList(keys: Command, session: Session) {
  keys
    .command("list")
    .description("list keys, newest first, including revoked and expired keys")
    .option("--client <client>", "id or name: only the keys that this client holds")
    .addOption(new Option("--state <state>", "only keys in this state").choices(KEY_STATES))
    .addOption(new Option("--environment <environment>", "live or test").choices(ENVIRONMENTS))
    .option("--scope <scope>", "only keys that have this scope")
    .option("--last-four <characters>", "only keys whose secret ends in these four characters")
    .option("--text <text>", "only keys whose name contains this, in any case; three characters or more")
    .addOption(wideOption())
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey keys list --client my-app --state active")
    .action(async (options: ListOptions) => (await import("../commands/keys/list-keys.ts")).listKeys(session, options));
}

function addShow(keys: Command, session: Session) {
  keys
    .command("show")
    .description("show a key, its recent use, and what remains of its quotas")
    .argument("<id>", "public id, such as key_4Tz0ZkX0b1TnVd4sWcYe")
    .option("--json", "print JSON")
    .action(async (id: string, options: JsonOption) =>
      (await import("../commands/keys/show-key.ts")).showKey(session, id, options),
    );
}

function addHygiene(keys: Command, session: Session) {
  keys
    .command("hygiene")
    .description("find active keys that never expire, expire soon, are unused, or may do more than they need")
    .option("--client <client>", "id or name: only the keys that this client holds")
    .addOption(wideOption())
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey keys hygiene --client my-app")
    .action(async (options: HygieneOptions) =>
      (await import("../commands/keys/key-hygiene.ts")).showHygiene(session, options),
    );
}

function addRevoke(keys: Command, session: Session) {
  keys
    .command("revoke")
    .description("revoke a key, for good; a running service refuses it from the next request on")
    .argument("<id>", "public id")
    .option("--reason <text>", "why, for those who look at the key later")
    .option("--keep-successors", "do not revoke the keys that rotation issued in its place")
    .option("--yes", "do not ask")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExample:\n  latchkey keys revoke key_4Tz0ZkX0b1TnVd4sWcYe --reason 'leaked in a build log'",
    )
    .action(async (id: string, options: RevokeOptions) =>
      (await import("../commands/keys/revoke-key.ts")).revokeOneKey(session, id, options),
    );
}

function addUpdate(keys: Command, session: Session) {
  keys
    .command("update")
    .description("change a key; the change holds from the next request on")
    .argument("<id>", "public id")
    .option("--name <name>", "a name for the key")
    .option("--scope <scope>", "what the key may do, the whole list; repeat it for several scopes", gather)
    .option(
      "--expires <end>",
      "when it expires: in 90d, 12h or 6mo, after 2027-01-31 (UTC), at 2027-01-31T12:00:00Z, or never",
    )
    .option("--allow-ip <range>", "from where it may be used; repeat it for several ranges, or anywhere", gather)
    .option("--self-rotation", "let the key rotate itself over HTTP")
    .option("--no-self-rotation", "do not let the key rotate itself")
    .option("--metadata <json>", "your notes; they replace the old ones", parseMetadata)
    .option("--json", "print JSON")
    .addHelpText("after", UPDATE_EXAMPLES)
    .action(async (id: string, options: UpdateOptions) =>
      (await import("../commands/keys/update-key.ts")).updateOneKey(session, id, options),
    );
}

const UPDATE_EXAMPLES = `
Options that you leave out change nothing.

Examples:
  latchkey keys update key_4Tz0ZkX0b1TnVd4sWcYe --scope data:read,info:read --expires 90d
  latchkey keys update key_4Tz0ZkX0b1TnVd4sWcYe --allow-ip anywhere --expires never`;

function addRotate(keys: Command, session: Session) {
  keys
    .command("rotate")
    .description("issue a new key in place of an old one, which keeps working for a while")
    .argument("<id>", "public id of the key to replace")
    .option("--overlap <duration>", "how long the old key keeps working: 24h, 30min or 30d; 0h ends it at once", "24h")
    .option(
      "--end-when-silent <duration>",
      "end the old key early, once it has not been used for this long, such as 1h",
    )
    .option("--yes", "do not ask, when the old key is to end at once and is in use")
    .option("--json", 'print {"key": …, "secret": "…"}')
    .addHelpText(
      "after",
      "\nExample:\n  latchkey keys rotate key_4Tz0ZkX0b1TnVd4sWcYe --overlap 7d --end-when-silent 1h",
    )
    .action(async (id: string, options: RotateOptions) =>
      (await import("../commands/keys/rotate-key.ts")).rotateOneKey(session, id, options),
    );
}

function addDisable(keys: Command, session: Session) {
  keys
    .command("disable")
    .description("disable a key; a running service refuses it from the next request on, until it is enabled")
    .argument("<id>", "public id")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey keys disable key_4Tz0ZkX0b1TnVd4sWcYe")
    .action(async (id: string, options: JsonOption) =>
      (await import("../commands/keys/disable-key.ts")).disableOneKey(session, id, options),
    );
}

function addEnable(keys: Command, session: Session) {
  keys
    .command("enable")
    .description("enable a disabled key")
    .argument("<id>", "public id")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey keys enable key_4Tz0ZkX0b1TnVd4sWcYe")
    .action(async (id: string, options: JsonOption) =>
      (await import("../commands/keys/disable-key.ts")).enableOneKey(session, id, options),
    );
}
