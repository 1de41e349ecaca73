import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { EnvironmentVariables } from "../../config/setting.ts";
import { findServices } from "../../service/presence/find-services.ts";
import { IN_MEMORY } from "../../store/database/database.ts";

type DatabaseUse = {
  readonly databaseUrl: string;
  /** The command created it. */
  readonly isNew: boolean;
  readonly hasWritten: boolean;
};

/** What a person should know about the database that a command used; empty for nothing. */
export function databaseNote(
  { databaseUrl, isNew, hasWritten }: DatabaseUse,
  environment: EnvironmentVariables,
): string {
  const path = databaseUrl.slice("sqlite:".length);
  if (path === IN_MEMORY) return hasWritten ? "Wrote to a database in memory, which is gone now.\n" : "";
  const database = realPathOf(resolve(path));
  const was = isNew ? ", which is a new database" : "";
  const line = hasWritten ? `Wrote to ${database}${was}.\n` : isNew ? `${database} is a new database.\n` : "";
  return `${line}${elsewhereText(database, environment)}`;
}

/** Says that services run on other databases, if none runs on this one. */
function elsewhereText(database: string, environment: EnvironmentVariables): string {
  const services = findServices(environment);
  if (services.some((service) => isSameFile(service.database, database))) return "";
  return services
    .map(({ url, pid, database: other }) =>
      other === IN_MEMORY
        ? `Note: the service at ${url} (process ${pid}) keeps its database in memory, which commands cannot reach.\n`
        : `Note: the service at ${url} (process ${pid}) runs on another database: DATABASE_URL=sqlite:${other}\n`,
    )
    .join("");
}

/** The path itself where there is no file any more. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isSameFile(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}
