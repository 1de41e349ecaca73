import type { Document } from "yaml";
import { serverPathOf } from "../checks/servers.ts";
import type { Pointer } from "../document/finding.ts";
import { asList, asRecord } from "../document/json.ts";
import { type FoundOperation, type Outline, toOutline } from "../model/outline.ts";
import { isOperationId, toOperationId } from "../user/operation-ids.ts";
import { isOpenApi30 } from "../user/upgrade.ts";
import { guessScope, toScope } from "./scope-guess.ts";

export type Change = {
  /** The operation that changed, such as `GET /orders`; undefined when the whole document did. */
  readonly operation?: string;
  readonly message: string;
};

/**
 * Adds to a contract what a key needs for each operation, and keeps what the contract already declares. An operation
 * without security will need a key. Changes `parsed` in place, and keeps its comments and order.
 * @param isReserved finds the scopes that a user contract cannot have.
 * @returns what it changed.
 */
export function annotate(parsed: Document, isReserved: (scope: string) => boolean): readonly Change[] {
  const outline = toOutline(asRecord(parsed.toJS()));
  const { root } = outline.document;
  const annotation: Annotation = {
    outline,
    isReserved,
    isOpenApi30: isOpenApi30(root),
    defaultScheme: defaultSchemeOf(outline),
    takenIds: new Set(outline.operations.map(({ operation }) => operation["operationId"])),
    scopesOf: new Map(),
    changes: [],
    set: (pointer, value) => parsed.setIn(pointer, parsed.createNode(value)),
  };
  for (const found of outline.operations) {
    nameOperation(annotation, found);
    if (found.extension.security !== "passthrough") secureOperation(annotation, found);
  }
  describeScopes(annotation);
  removeUnusedSchemes(annotation, parsed);

  const prefix = serverPathOf(root["servers"]);
  if (prefix !== undefined)
    annotation.changes.push({
      message: `The path ${prefix} of the server is put before every path when it is served.`,
    });
  return annotation.changes;
}

/** One contract while it is annotated. */
type Annotation = {
  /** The contract as it was. */
  readonly outline: Outline;
  readonly isReserved: (scope: string) => boolean;
  readonly isOpenApi30: boolean;
  /** The scheme of operations that name none. */
  readonly defaultScheme: string;
  readonly takenIds: Set<unknown>;
  /** By scheme, every scope that its operations need now. */
  readonly scopesOf: Map<string, Set<string>>;
  readonly changes: Change[];
  /** Writes `value` into the contract. */
  readonly set: (pointer: Pointer, value: unknown) => void;
};

function nameOperation({ takenIds, changes, set }: Annotation, found: FoundOperation) {
  const { operationId } = found.operation;
  if (isOperationId(operationId)) return;
  const written = typeof operationId === "string" ? operationId : `${found.method} ${found.path}`;
  const id = toOperationId(written, takenIds);
  takenIds.add(id);
  set([...found.pointer, "operationId"], id);
  changes.push({ operation: found.label, message: `is named ${id}` });
}

function secureOperation(annotation: Annotation, found: FoundOperation) {
  const { scopesOf, changes, set } = annotation;
  const { operation, pointer, label } = found;
  const need = needOf(annotation, found);
  if (need === undefined) {
    if (operation["security"] === undefined) set([...pointer, "security"], []);
    changes.push({ operation: label, message: "stays public" });
    return;
  }
  const { scheme, scopes } = need;
  scopesOf.set(scheme, new Set([...(scopesOf.get(scheme) ?? []), ...scopes]));

  // In OpenAPI 3.0 only the extension can name the scopes of a key.
  const wanted = [{ [scheme]: annotation.isOpenApi30 ? [] : scopes }];
  const extension = asRecord(operation["x-latchkey"]);
  const areScopesWritten = !annotation.isOpenApi30 || isSame(extension["scopes"] ?? [], scopes);
  if (isSame(operation["security"], wanted) && areScopesWritten) return;
  set([...pointer, "security"], wanted);
  if (annotation.isOpenApi30) set([...pointer, "x-latchkey"], { ...extension, scopes });
  changes.push({ operation: label, message: `needs ${scopes.join(", ")}${need.because}` });
}

type Need = { readonly scheme: string; readonly scopes: readonly string[]; readonly because: string };

/** What a key needs for an operation; undefined when the contract declares the operation public. */
function needOf({ outline, defaultScheme, isReserved }: Annotation, found: FoundOperation): Need | undefined {
  const { keySchemes } = outline;
  const { security, extension } = found;
  if (Array.isArray(security) && security.length === 0) return undefined;
  const alternatives = found.requirements.filter((one) => Object.keys(one).length > 0);
  const names = alternatives.flatMap(Object.keys);
  const keyNames = names.filter((name) => keySchemes[name] !== undefined);
  const scheme = keyNames.find((name) => keySchemes[name]?.in === "header") ?? keyNames[0] ?? defaultScheme;

  const written = [
    ...(extension.scopes ?? []),
    ...alternatives.flatMap((one) => asList(keyNames.length > 0 ? one[scheme] : Object.values(one)[0])),
  ];
  const kept = [...new Set(written.map((scope) => toScope(String(scope), isReserved)))];
  return {
    scheme,
    scopes: kept.length > 0 ? kept : [guessScope(found, isReserved)],
    because: becauseOf(security, names, keyNames),
  };
}

function becauseOf(security: unknown, names: readonly string[], keyNames: readonly string[]): string {
  if (!Array.isArray(security)) return ", because it declared no security";
  if (names.length === 0) return ", because it admitted every request";
  if (keyNames.length === 0) return `, instead of ${[...new Set(names)].join(" and ")}`;
  return new Set(names).size > 1 ? ", and one kind of key" : "";
}

function defaultSchemeOf({ keySchemes, schemeNames }: Outline): string {
  const [named] = Object.entries(keySchemes).find(([, carrier]) => carrier.in === "header") ?? [];
  if (named !== undefined) return named;
  return schemeNames.includes("ApiKey") ? "LatchkeyKey" : "ApiKey";
}

const SCHEMES = ["components", "securitySchemes"];

function describeScopes({ outline, defaultScheme, scopesOf, changes, set }: Annotation) {
  for (const [name, scopes] of scopesOf) {
    if (!outline.schemeNames.includes(name)) {
      set([...SCHEMES, defaultScheme], { type: "apiKey", in: "header", name: "x-api-key" });
      changes.push({ message: `Added the scheme ${defaultScheme}: a key in the header x-api-key.` });
    }
    const described = asRecord(outline.document.findAt([...SCHEMES, name, "x-scopes"]));
    for (const scope of scopes) {
      if (described[scope] === undefined) set([...SCHEMES, name, "x-scopes", scope], `May use ${scope}.`);
    }
  }
}

/** Removes the security that no operation inherits any more, and the schemes that no operation asks for. */
function removeUnusedSchemes({ outline, changes }: Annotation, parsed: Document) {
  const after = toOutline(asRecord(parsed.toJS()));
  const securities = after.operations.map(({ operation }) => operation["security"]);
  const rootNames = namesIn(after.document.root["security"]);
  const isRootUsed = securities.includes(undefined) || rootNames.every((name) => after.keySchemes[name] !== undefined);
  if (!isRootUsed) parsed.deleteIn(["security"]);

  const used = new Set(securities.flatMap(namesIn));
  for (const name of outline.schemeNames) {
    if (after.keySchemes[name] !== undefined || used.has(name)) continue;
    parsed.deleteIn([...SCHEMES, name]);
    changes.push({ message: `Removed the scheme ${name}: no operation asks for it any more.` });
  }
}

function namesIn(security: unknown): readonly string[] {
  return asList(security).map(asRecord).flatMap(Object.keys);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
