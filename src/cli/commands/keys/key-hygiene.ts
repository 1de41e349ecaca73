import { findHygiene, type KeyFindings } from "../../../admin/hygiene.ts";
import { commandText } from "../../../lib/command-text.ts";
import { findClient } from "../../../store/clients.ts";
import { everyPage } from "../../every-page.ts";
import { unknownClient } from "../../outcome-failures.ts";
import { type JsonOption, toJson } from "../../output.ts";
import { type Session, withActions } from "../../session.ts";
import { Painted, pad, paint } from "../../terminal/painted.ts";
import type { Screen } from "../../terminal/screen.ts";
import { type Column, paintTable, type TableOptions } from "../../terminal/table.ts";

export type HygieneOptions = JsonOption & TableOptions & { readonly client?: string };

/** Prints the keys that need attention, and what to do about each. */
export async function showHygiene(session: Session, { client, json, wide }: HygieneOptions) {
  const found = await withActions(session, async ({ db, clock, policy, neededScopes }) => {
    const holder = client === undefined ? undefined : await findClient(db, client);
    if (client !== undefined && holder === undefined) throw unknownClient(client);
    const deps = { db, neededScopes, hasPlans: policy.plans.size > 0 };
    const filter = { clientId: holder?.id };
    return everyPage("keys", (request) => findHygiene(deps, request, filter, clock.now()));
  });
  if (json) {
    const items = found.map(({ key: { id, name }, findings }) => ({ key: { id, name }, findings }));
    return session.out(toJson({ items }));
  }
  if (found.length === 0) return session.out("No findings.\n");
  const { screen } = session;
  session.show(wide || screen.columns === undefined ? toTable(found, screen) : toParagraphs(found, screen));
}

/** A finding a line, for programs such as grep. */
function toTable(found: readonly KeyFindings[], screen: Screen): Painted {
  const rows = found.flatMap(({ key, findings }) => findings.map((finding) => ({ key, ...finding })));
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { title: "ID", cell: ({ key }) => key.id },
    { title: "CLIENT", cell: ({ key }) => key.client.name },
    { title: "FINDING", cell: ({ kind }) => kind },
    { title: "", cell: ({ detail }) => detail },
    { title: "FIX", cell: ({ command }) => asPrinted(command) },
  ];
  return paintTable(columns, rows, screen, { wide: true });
}

/** Commands stay whole, on lines of their own, so that they can be copied. */
function toParagraphs(found: readonly KeyFindings[], screen: Screen): Painted {
  const paragraphs = found.map(({ key, findings }) => {
    const title = paint({ text: `${key.id} of ${key.client.name} (${key.name})`, style: "bold" }, screen);
    const lines = findings.map(({ kind, detail, command }) => {
      const shown = paint({ text: kind, style: kind === "idle" || kind === "no-plan" ? "dim" : "yellow" }, screen);
      return `  ${pad(shown, kind, KIND_WIDTH)}  ${paint(detail, screen)}\n  ${"".padEnd(KIND_WIDTH)}  ${paint({ text: asPrinted(command), style: "cyan" }, screen)}\n`;
    });
    return `${title}\n${lines.join("")}`;
  });
  return new Painted(paragraphs.join("\n"));
}

/** Of the longest kind of finding. */
const KIND_WIDTH = "never-expires".length;

/** The API names the program in general, because it cannot know how its callers start it. */
function asPrinted(command: string): string {
  return command.replace(/^latchkey /, commandText(""));
}
