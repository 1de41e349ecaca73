import { SETTINGS } from "../../config/config.ts";
import type { GatheredSettings } from "../../config/load-config.ts";
import { toTimestamp } from "../../lib/time/clock.ts";
import type { Installation } from "../checks/check.ts";
import { countOf } from "../checks/local-checks.ts";
import { lookAround } from "../checks/look-around.ts";
import { type JsonOption, toJson } from "../output.ts";
import { type Session, settingsOf } from "../session.ts";
import type { Piece } from "../terminal/painted.ts";
import { paintSheet } from "../terminal/sheet.ts";
import { createTimes, type Times } from "../terminal/times.ts";
import { readVersion } from "../version.ts";

/** Prints what is in force: settings, contract, database and service. Changes nothing. */
export async function showStatus(session: Session, { json }: JsonOption) {
  const { config, gathered } = await settingsOf(session);
  const installation = await lookAround(session, config);
  if (json) return session.out(toJson(toView(installation, gathered)));
  const times = createTimes(session.screen, installation.now);
  session.show(
    paintSheet(
      {
        version: readVersion(),
        settings: settingsText(gathered),
        contract: contractPiece(installation),
        ...(config.contract.upstream !== undefined && { upstream: config.contract.upstream }),
        database: databasePiece(installation),
        service: servicePieces(installation),
        "last backup": backupPiece(installation, times),
      },
      session.screen,
    ),
  );
}

function settingsText({ file, sourceOf }: GatheredSettings): string {
  const others = SETTINGS.filter((one) => ["environment", "option"].includes(sourceOf(one).kind)).length;
  const more = others === 0 ? "" : `, and ${others} from environment or options`;
  return `${file ?? "the defaults"}${more} (latchkey config show)`;
}

function contractPiece({ contract }: Installation): Piece {
  const name = contract.file ?? "built in";
  if (contract.kind === "refused") {
    const text = `${name}: ${countOf(contract.findings.length, "finding")} stop the start (latchkey contract check)`;
    return { text, style: "red" };
  }
  const operations = `${name}: ${countOf(contract.operations, "operation")}`;
  if (contract.warnings === 0) return operations;
  return {
    text: `${operations}, ${countOf(contract.warnings, "warning")} (latchkey contract check)`,
    style: "yellow",
  };
}

function databasePiece({ database }: Installation): Piece {
  const { path } = database;
  if (database.kind === "absent") return `${path}, which does not exist yet`;
  if (database.kind === "unusable") return { text: `${path} cannot be used (latchkey doctor says why)`, style: "red" };
  return `${path}: ${countOf(database.counts.clients, "client")}, ${countOf(database.counts.keys, "key")}`;
}

function servicePieces({ service, isInUse, contract }: Installation): readonly Piece[] {
  const { url } = service;
  const prefix = contract.kind === "sound" ? contract.prefix : "";
  switch (service.kind) {
    case "nothing":
      return [isInUse ? `runs on this database, and not at ${url}` : `none at ${url}`];
    case "other":
      return [{ text: `another program listens at ${url}`, style: "red" }];
    case "latchkey": {
      const docs = `${url}${prefix}/docs`;
      const state = service.isReady ? "ready" : "not ready";
      const where = isInUse ? "" : ", maybe on another database (latchkey doctor finds out)";
      return [
        { text: `${url}, ${state}${where}`, style: isInUse && service.isReady ? "green" : "yellow" },
        { text: docs, link: docs },
      ];
    }
  }
}

function backupPiece({ database }: Installation, times: Times): Piece {
  if (database.kind !== "usable") return "none";
  if (database.lastBackup === undefined) return { text: "none is known (latchkey backup FILE)", style: "yellow" };
  const { at, file } = database.lastBackup;
  return `${times.inSheet(at)}, ${file}`;
}

/** The form that programs read. */
function toView({ config, contract, database, service, isInUse }: Installation, { file }: GatheredSettings) {
  const usable = database.kind === "usable" ? database : undefined;
  const backup = usable?.lastBackup;
  return {
    version: readVersion(),
    settings: { file: file ?? null },
    contract:
      contract.kind === "sound"
        ? { file: contract.file ?? null, operations: contract.operations, warnings: contract.warnings, findings: 0 }
        : { file: contract.file ?? null, operations: null, warnings: null, findings: contract.findings.length },
    upstream: config.contract.upstream ?? null,
    database: {
      state: database.kind,
      path: database.path,
      clients: usable?.counts.clients ?? null,
      keys: usable?.counts.keys ?? null,
    },
    service: {
      state: service.kind,
      url: service.url,
      ready: service.kind === "latchkey" ? service.isReady : null,
      onThisDatabase: isInUse,
    },
    lastBackup: backup === undefined ? null : { at: toTimestamp(backup.at), file: backup.file },
  };
}
