import { viewOfKey } from "../../../admin/views.ts";
import type { ApiKey, Environment } from "../../../keys/key.ts";
import { type KeyState, stateOf } from "../../../keys/lifecycle.ts";
import { type Instant, optionalTimestamp } from "../../../lib/time/clock.ts";
import { findClient } from "../../../store/clients.ts";
import { isScopeOfKeys, listKeys as readKeys } from "../../../store/list-keys.ts";
import { everyPage } from "../../every-page.ts";
import { UsageError } from "../../failure.ts";
import { unknownClient } from "../../outcome-failures.ts";
import { emptyText, type JsonOption, toJson, toTable } from "../../output.ts";
import { requireText } from "../../require-text.ts";
import { type Session, withActions } from "../../session.ts";

export type ListOptions = JsonOption & {
  readonly client?: string;
  readonly state?: KeyState;
  readonly environment?: Environment;
  readonly scope?: string;
  readonly lastFour?: string;
  readonly text?: string;
};

export async function listKeys(session: Session, { client, json, ...wanted }: ListOptions) {
  const { keys, now } = await withActions(session, async ({ db, clock, scopes }, checkText) => {
    if (wanted.text !== undefined) requireText(checkText, "SearchText", wanted.text, "The text");
    if (wanted.lastFour !== undefined) requireText(checkText, "LastFour", wanted.lastFour, "The end of the secret");
    const clientId = client === undefined ? undefined : (await findClient(db, client))?.id;
    if (client !== undefined && clientId === undefined) throw unknownClient(client);
    const now = clock.now();
    const filter = { ...wanted, clientId, now };
    if (wanted.scope !== undefined && !(await isScopeOfKeys(db, wanted.scope, scopes))) {
      throw new UsageError(
        `Unknown scope ${wanted.scope}, which no key has either: choose one of ${scopes.join(", ")}.`,
      );
    }
    return { keys: await everyPage("keys", (request) => readKeys(db, request, filter)), now };
  });
  if (json) return session.out(toJson({ items: keys.map((key) => viewOfKey(key, now)), nextCursor: null }));
  if (keys.length === 0) return session.out(emptyText("keys", { client, ...wanted }));
  const rows = keys.map((key) => toRow(key, now));
  session.out(toTable(LIST_HEAD, rows));
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
