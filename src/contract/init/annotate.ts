import type { Pointer } from "../document/finding.ts";
import { asList, asRecord, isRecord, type JsonObject } from "../document/json.ts";
import { type FoundOperation, type Outline, toOutline } from "../model/outline.ts";
import { toOperationId } from "../user/operation-ids.ts";
import { serverPathsOf } from "../user/server-path.ts";
import { isOpenApi30 } from "../user/versions/upgrade.ts";
import { type Roles, rolesOf } from "./schemes.ts";
import { guessScope, toScope } from "./scope-guess.ts";

/** What was decided about an operation, or about the whole document. */
export type Decision = {
  readonly kind: "named" | "keyed" | "scoped" | "public" | "passed" | "scheme" | "root";
  /** The operation, such as `GET /orders`. */
  readonly operation?: string;
  readonly message: string;
  /** The scopes that a key needs for the operation. */
  readonly scopes?: readonly string[];
};

export type Annotated = { readonly document: JsonObject; readonly decisions: readonly Decision[] };

export type AnnotateOptions = {
  /** Finds the scopes that a user contract cannot have. */
  readonly isReserved: (scope: string) => boolean;
  /** The scheme that carries keys, where a person has chosen one. */
  readonly keyScheme?: string | undefined;
  /** Moves the paths of the service itself, where the API has some of them. */
  readonly prefix?: string | undefined;
};

/**
 * Adds to a contract what a key needs for each operation, and removes nothing: an operation keeps its logins, and needs a
 * key besides. An operation without security will need a key.
 */
export function annotate(written: JsonObject, { isReserved, keyScheme, prefix }: AnnotateOptions): Annotated {
  // A copy by JSON shares nothing: what aliases share in a YAML file is several operations here.
  const document: JsonObject = JSON.parse(JSON.stringify(written));
  const outline = toOutline(document);
  const work: Work = {
    outline,
    isReserved,
    roles: rolesOf(outline, keyScheme),
    isOpenApi30: isOpenApi30(document),
    takenIds: new Set(outline.operations.map(({ operation }) => operation["operationId"])),
    scopesOf: new Map(),
    decisions: [],
  };
  for (const found of outline.operations) {
    nameOperation(work, found);
    secureOperation(work, found);
  }
  secureRoot(work);
  describeSchemes(work, keyScheme);
  placePaths(work, prefix);
  return { document, decisions: work.decisions };
}

function placePaths(work: Work, prefix: string | undefined) {
  const { root } = work.outline.document;
  if (prefix !== undefined && work.outline.extension.prefix === undefined) {
    write(work, ["x-latchkey", "prefix"], prefix);
    const message = `The paths of Latchkey itself begin with ${prefix}, because your API has some of them.`;
    work.decisions.push({ kind: "root", message });
  }
  const { first } = serverPathsOf(root["servers"]);
  if (first === "") return;
  const message = `The path ${first} of the server is put before every path when it is served.`;
  work.decisions.push({ kind: "root", message });
}

/** One contract while it is annotated. Its document is changed in place. */
type Work = {
  readonly outline: Outline;
  readonly isReserved: (scope: string) => boolean;
  readonly roles: Roles;
  readonly isOpenApi30: boolean;
  readonly takenIds: Set<unknown>;
  /** By scheme, the scopes that keys need now. */
  readonly scopesOf: Map<string, Set<string>>;
  readonly decisions: Decision[];
};

function nameOperation({ takenIds, decisions }: Work, { method, path, label, operation }: FoundOperation) {
  // Any text is an operationId of OpenAPI, and generated clients know it. The service gives it a name of its own.
  if (typeof operation["operationId"] === "string" && operation["operationId"] !== "") return;
  const id = toOperationId(`${method} ${path}`, takenIds);
  takenIds.add(id);
  Object.assign(operation, { operationId: id });
  decisions.push({ kind: "named", operation: label, message: `is named ${id}` });
}

function secureOperation(work: Work, found: FoundOperation) {
  const { operation, label, security, extension } = found;
  if (extension.security === "passthrough") {
    work.decisions.push({ kind: "passed", operation: label, message: "stays as it is: your API checks its security" });
    return;
  }
  if (Array.isArray(security) && security.length === 0) {
    if (operation["security"] === undefined) Object.assign(operation, { security: [] });
    work.decisions.push({ kind: "public", operation: label, message: "stays public" });
    return;
  }
  const alternatives = Array.isArray(security) && security.length > 0 ? security.map(asRecord) : [{}];
  const hasKey = alternatives.some((one) => keyIn(work, one) !== undefined);
  const scopes = scopesFor(work, found, alternatives);
  // A contract that asks for keys already has decided which alternatives need none.
  const secured = alternatives.map((one) => (hasKey ? one : { [work.roles.usual]: [], ...one }));
  const wanted = secured.map((one) => withScopes(work, one, scopes));
  for (const one of wanted) rememberScopes(work, one, scopes);
  const isChanged = writeSecurity(work, found, wanted, scopes);
  if (isChanged) work.decisions.push(decisionOf(label, { security, alternatives, hasKey, scopes }));
}

function keyIn({ roles }: Work, alternative: JsonObject): string | undefined {
  return Object.keys(alternative).find((name) => roles.keys.has(name));
}

/** The scopes that a key needs: those that the contract names, or a guess. */
function scopesFor(work: Work, found: FoundOperation, alternatives: readonly JsonObject[]): readonly string[] {
  const { roles, isReserved } = work;
  const hasKey = alternatives.some((one) => keyIn(work, one) !== undefined);
  const named = alternatives.flatMap((one) =>
    Object.entries(one).flatMap(([name, scopes]) => (hasKey && !roles.keys.has(name) ? [] : asList(scopes))),
  );
  const written = [...(found.extension.scopes ?? []), ...named].map((scope) => toScope(String(scope), isReserved));
  return written.length > 0 ? [...new Set(written)] : [guessScope(found, isReserved)];
}

/** In OpenAPI 3.0 only the extension can name the scopes of a key. */
function withScopes(work: Work, alternative: JsonObject, scopes: readonly string[]): JsonObject {
  if (work.isOpenApi30) return alternative;
  const key = keyIn(work, alternative) ?? (alternative[work.roles.usual] === undefined ? undefined : work.roles.usual);
  if (key === undefined || asList(alternative[key]).length > 0) return alternative;
  return { ...alternative, [key]: scopes };
}

function rememberScopes(work: Work, alternative: JsonObject, scopes: readonly string[]) {
  const key = keyIn(work, alternative) ?? (alternative[work.roles.usual] === undefined ? undefined : work.roles.usual);
  if (key === undefined) return;
  const needed = work.isOpenApi30 ? scopes : asList(alternative[key]).map(String);
  work.scopesOf.set(key, new Set([...(work.scopesOf.get(key) ?? []), ...needed]));
}

/** @returns whether something had to be written. */
function writeSecurity(
  { isOpenApi30: isOld }: Work,
  { operation, security }: FoundOperation,
  wanted: readonly JsonObject[],
  scopes: readonly string[],
): boolean {
  const extension = asRecord(operation["x-latchkey"]);
  const isSecurityWritten = isSame(security, wanted);
  const areScopesWritten = !isOld || isSame(extension["scopes"] ?? [], scopes);
  if (!isSecurityWritten) Object.assign(operation, { security: wanted });
  if (!areScopesWritten) Object.assign(operation, { "x-latchkey": { ...extension, scopes } });
  return !(isSecurityWritten && areScopesWritten);
}

type Judged = {
  readonly security: unknown;
  readonly alternatives: readonly JsonObject[];
  readonly hasKey: boolean;
  readonly scopes: readonly string[];
};

function decisionOf(operation: string, { security, alternatives, hasKey, scopes }: Judged): Decision {
  const needs = `needs a key with ${scopes.join(", ")}`;
  if (hasKey) return { kind: "scoped", operation, message: needs, scopes };
  const logins = [...new Set(alternatives.flatMap(Object.keys))];
  if (logins.length > 0)
    return { kind: "keyed", operation, message: `${needs}, besides ${logins.join(" or ")}`, scopes };
  const because = Array.isArray(security) ? "it admitted every request" : "it declared no security";
  return { kind: "keyed", operation, message: `${needs}, because ${because}`, scopes };
}

/** What operations inherit that are added later, or that are in other files. Nothing is open by oversight. */
function secureRoot(work: Work) {
  const { outline, roles, decisions } = work;
  const { root } = outline.document;
  const { security } = root;
  const alternatives = asList(security).map(asRecord);
  if (Array.isArray(security) && (security.length === 0 || alternatives.some((one) => keyIn(work, one)))) return;
  const isNeeded = security !== undefined || decisions.some(({ kind }) => kind === "keyed");
  if (!isNeeded) return;
  const wanted = (alternatives.length === 0 ? [{}] : alternatives).map((one) => ({ [roles.usual]: [], ...one }));
  if (isSame(security, wanted)) return;
  Object.assign(root, { security: wanted });
  if (!work.scopesOf.has(roles.usual)) work.scopesOf.set(roles.usual, new Set());
  decisions.push({ kind: "root", message: "Operations that you add later need a key, unless they say otherwise." });
}

const SCHEMES: Pointer = ["components", "securitySchemes"];

function describeSchemes(work: Work, chosen: string | undefined) {
  const { outline, roles, scopesOf, decisions } = work;
  for (const [name, scopes] of scopesOf) {
    if (!outline.schemeNames.includes(name)) {
      write(work, [...SCHEMES, name], { type: "apiKey", in: "header", name: "x-api-key" });
      decisions.push({ kind: "scheme", message: `${name} is new: a key in the header x-api-key.` });
    }
    const [at] = outline.document.follow([...SCHEMES, name], outline.document.findAt([...SCHEMES, name]));
    for (const scope of scopes) {
      if (outline.scopes[scope] === undefined) write(work, [...at, "x-scopes", scope], `May use ${scope}.`);
    }
  }
  if (chosen !== undefined && outline.keySchemes[chosen] === undefined) {
    write(work, [...SCHEMES, chosen, "x-latchkey", "carrier"], "key");
  }
  describeLogins(work, roles.logins);
}

/**
 * Credentials that the service would otherwise take for keys of its own stay with the API. Where a login alone would do, this
 * would open the operation to every caller who sends anything in its place, so a person has to decide that.
 */
function describeLogins(work: Work, logins: ReadonlyMap<string, string>) {
  for (const [name, kind] of logins) {
    const scheme = asRecord(work.outline.document.findAt([...SCHEMES, name]));
    const isMarked = isRecord(scheme["x-latchkey"]);
    const isAlternative = isAlternativeToKey(work, name);
    if (scheme["type"] === "apiKey" && !isMarked && !isAlternative) {
      write(work, [...SCHEMES, name, "x-latchkey", "security"], "passthrough");
    }
    const open = isAlternative && !isMarked ? ` ${ALONE}` : "";
    const message = `${name} (${kind}) is left to your API.${open} To send keys of Latchkey in it: --keys ${name}.`;
    work.decisions.push({ kind: "scheme", message });
  }
}

const ALONE =
  "Some operations accept it instead of a key; they need a key too, unless you add x-latchkey: { security: passthrough } to it.";

/** Does an operation accept this login instead of a key? */
function isAlternativeToKey(work: Work, name: string): boolean {
  const hasKey = (one: JsonObject) => keyIn(work, one) !== undefined || one[work.roles.usual] !== undefined;
  const { operations, document } = work.outline;
  const secured = operations.filter(({ extension }) => extension.security !== "passthrough");
  return [document.root, ...secured.map(({ operation }) => operation)]
    .flatMap(({ security }) => asList(security).map(asRecord))
    .some((one) => one[name] !== undefined && !hasKey(one));
}

function write({ outline }: Work, pointer: Pointer, value: unknown) {
  let holder: JsonObject = outline.document.root;
  for (const step of pointer.slice(0, -1)) {
    if (!isRecord(holder[step])) Object.assign(holder, { [step]: {} });
    holder = asRecord(holder[step]);
  }
  Object.assign(holder, { [String(pointer.at(-1))]: value });
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
