import { viewOfKey } from "../../../admin/views.ts";
import type { ApiKey, Environment } from "../../../keys/key.ts";
import type { KeyState } from "../../../keys/lifecycle.ts";
import type { Instant } from "../../../lib/time/clock.ts";
import { findClient } from "../../../store/clients.ts";
import { isScopeOfKeys, listKeys as readKeys } from "../../../store/list-keys.ts";
import { everyPage } from "../../every-page.ts";
import { UsageError } from "../../failure.ts";
import { unknownClient } from "../../outcome-failures.ts";
import { emptyText, type JsonOption, toJson } from "../../output.ts";
import { requireText } from "../../require-text.ts";
import { type Session, withActions } from "../../session.ts";
import { type Column, paintTable, type TableOptions } from "../../terminal/table.ts";
import { createTimes, type Times } from "../../terminal/times.ts";
import { stateOfKey } from "../../words/state-text.ts";

export type ListOptions = JsonOption &
  TableOptions & {
    readonly client?: string;
    readonly state?: KeyState;
    readonly environment?: Environment;
    readonly scope?: string;
    readonly lastFour?: string;
    readonly text?: string;
  };

export async function listKeys(session: Session, { client, json, wide, ...wanted }: ListOptions) {
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
  session.show(paintTable(columnsOf(createTimes(session.screen, now, { wide }), now), keys, session.screen, { wide }));
}

function columnsOf(times: Times, now: Instant): readonly Column<ApiKey>[] {
  return [
    { title: "ID", cell: ({ id }) => id },
    { title: "CLIENT", cell: ({ client }) => client.name, cutTo: 10, dropped: 1 },
    { title: "NAME", cell: ({ name }) => name, cutTo: 10, dropped: 4 },
    { title: "ENV", cell: ({ environment }) => environment, dropped: 3 },
    { title: "STATE", cell: (key) => stateOfKey(key, now) },
    { title: "KEY ENDS", cell: ({ lastFour }) => `…${lastFour}`, dropped: 5 },
    { title: "SCOPES", cell: ({ scopes }) => scopes.join(","), cutTo: 14, dropped: 6 },
    { title: "EXPIRES", cell: ({ expiresAt }) => (expiresAt === null ? "never" : times.inCell(expiresAt)), dropped: 2 },
    { title: "CREATED", cell: ({ createdAt }) => times.inCell(createdAt), isExtra: true },
  ];
}
