import type { Document } from "yaml";
import { serverPathOf } from "../checks/servers.ts";
import type { Pointer } from "../document/finding.ts";
import { asList, asRecord, isRecord, type JsonObject } from "../document/json.ts";
import { extensionOf } from "../model/extension.ts";
import { type FoundOperation, operationsIn } from "../model/operations.ts";
import { type KeySchemes, toKeySchemes } from "../model/schemes.ts";
import { isOperationId, toOperationId } from "../user/operation-ids.ts";
import { isOpenApi30 } from "../user/upgrade.ts";
import { guessScope, toScope } from "./scope-guess.ts";

export type Change = { readonly operation?: string; readonly message: string };

/**
 * Gives a contract what Latchkey needs to know: which key opens what. What it says already stays; where it says nothing,
 * a key is needed. Changes `parsed`, with its comments and order, and tells what it did.
 * @param isReserved scopes that a contract of theirs cannot have.
 */
export function annotate(parsed: Document, isReserved: (scope: string) => boolean): readonly Change[] {
  const document = asRecord(parsed.toJS());
  const isOld = isOpenApi30(document);
  const changes: Change[] = [];
  const schemes = toKeySchemes(document);
  const byDefault = defaultScheme(document, schemes);
  const scopesOf = new Map<string, Set<string>>();
  const taken = new Set(operationsIn(document).map(({ operation }) => operation["operationId"]));
  const set = (pointer: Pointer, value: unknown) => parsed.setIn(pointer, parsed.createNode(value));

  for (const found of operationsIn(document)) {
    const { method, path, pointer, operation } = found;
    const name = `${method.toUpperCase()} ${path}`;
    const tell = (message: string) => void changes.push({ operation: name, message });
    if (!isOperationId(operation["operationId"])) {
      const written = typeof operation["operationId"] === "string" ? operation["operationId"] : `${method} ${path}`;
      const id = toOperationId(written, taken);
      taken.add(id);
      set([...pointer, "operationId"], id);
      tell(`is called ${id}`);
    }
    if (extensionOf(operation).security === "passthrough") continue;
    const need = needOf(document, found, { schemes, byDefault, isReserved });
    if (need === undefined) {
      if (operation["security"] === undefined) set([...pointer, "security"], []);
      tell("stays public");
      continue;
    }
    const described = scopesOf.get(need.scheme) ?? new Set();
    for (const scope of need.scopes) described.add(scope);
    scopesOf.set(need.scheme, described);

    const wanted = [{ [need.scheme]: isOld ? [] : need.scopes }];
    const extension = asRecord(operation["x-latchkey"]);
    const isWritten =
      isSame(operation["security"], wanted) && (!isOld || isSame(extension["scopes"] ?? [], need.scopes));
    if (isWritten) continue;
    set([...pointer, "security"], wanted);
    if (isOld) set([...pointer, "x-latchkey"], { ...extension, scopes: need.scopes });
    tell(`needs ${need.scopes.join(", ")}${need.because}`);
  }

  writeSchemes(parsed, document, { byDefault, scopesOf, changes });
  const prefix = serverPathOf(document);
  if (prefix !== undefined)
    changes.push({ message: `The server's path ${prefix} stands before each path when it is served.` });
  return changes;
}

type Need = { readonly scheme: string; readonly scopes: readonly string[]; readonly because: string };

type Known = {
  readonly schemes: KeySchemes;
  readonly byDefault: string;
  readonly isReserved: (scope: string) => boolean;
};

/** What a key needs for an operation; undefined when it says itself that it is public. */
function needOf(document: JsonObject, found: FoundOperation, known: Known): Need | undefined {
  const { operation } = found;
  const security = operation["security"] ?? document["security"];
  if (Array.isArray(security) && security.length === 0) return undefined;
  const alternatives = asList(security)
    .map(asRecord)
    .filter((one) => Object.keys(one).length > 0);
  const names = alternatives.flatMap(Object.keys);
  const byKey = names.filter((name) => known.schemes[name] !== undefined);
  const scheme = byKey.find((name) => known.schemes[name]?.in === "header") ?? byKey[0] ?? known.byDefault;

  const own = extensionOf(operation).scopes ?? [];
  const written = [
    ...own,
    ...alternatives.flatMap((one) => asList(byKey.length > 0 ? one[scheme] : Object.values(one)[0])),
  ];
  const kept = [...new Set(written.map((scope) => toScope(String(scope), known.isReserved)))];
  return {
    scheme,
    scopes: kept.length > 0 ? kept : [guessScope(found, known.isReserved)],
    because: becauseOf(security, names, byKey),
  };
}

function becauseOf(security: unknown, names: readonly string[], byKey: readonly string[]): string {
  if (!Array.isArray(security)) return ", for it said nothing about security";
  if (names.length === 0) return ", for it admitted everybody";
  if (byKey.length === 0) return `, in place of ${[...new Set(names)].join(" and ")}`;
  return new Set(names).size > 1 ? ", and one kind of key" : "";
}

function defaultScheme(document: JsonObject, schemes: KeySchemes): string {
  const [named] = Object.entries(schemes).filter(([, carrier]) => carrier.in === "header");
  if (named !== undefined) return named[0];
  const taken = asRecord(asRecord(document["components"])["securitySchemes"]);
  return taken["ApiKey"] === undefined ? "ApiKey" : "LatchkeyKey";
}

type Written = {
  readonly byDefault: string;
  readonly scopesOf: ReadonlyMap<string, ReadonlySet<string>>;
  readonly changes: Change[];
};

function writeSchemes(parsed: Document, before: JsonObject, { byDefault, scopesOf, changes }: Written) {
  const place = ["components", "securitySchemes"];
  const defined = asRecord(asRecord(before["components"])["securitySchemes"]);
  for (const [name, scopes] of scopesOf) {
    if (defined[name] === undefined) {
      parsed.setIn([...place, byDefault], parsed.createNode({ type: "apiKey", in: "header", name: "x-api-key" }));
      changes.push({ message: `The scheme ${byDefault} is new: a key in the header x-api-key.` });
    }
    const described = asRecord(asRecord(defined[name])["x-scopes"]);
    for (const scope of scopes) {
      if (described[scope] === undefined) parsed.setIn([...place, name, "x-scopes", scope], `May use ${scope}.`);
    }
  }

  const after = asRecord(parsed.toJS());
  const keys = toKeySchemes(after);
  const isInherited = operationsIn(after).some(({ operation }) => operation["security"] === undefined);
  const root = asList(after["security"]).flatMap((requirement) =>
    isRecord(requirement) ? Object.keys(requirement) : [],
  );
  if (!isInherited && root.some((name) => keys[name] === undefined)) parsed.deleteIn(["security"]);
  const used = new Set(
    operationsIn(after).flatMap(({ operation }) => asList(operation["security"]).map(asRecord).flatMap(Object.keys)),
  );
  for (const name of Object.keys(defined)) {
    if (keys[name] !== undefined || used.has(name)) continue;
    parsed.deleteIn([...place, name]);
    changes.push({ message: `The scheme ${name} is gone: no operation asks for it any more.` });
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
