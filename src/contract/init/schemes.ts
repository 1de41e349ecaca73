import { asRecord, type JsonObject } from "../document/json.ts";
import type { Outline } from "../model/outline.ts";
import { schemesIn } from "../model/schemes.ts";

/** How the security schemes of a contract are used once Latchkey is in front of it. */
export type Roles = {
  /** The schemes that carry keys of Latchkey. */
  readonly keys: ReadonlySet<string>;
  /** The credentials that the API itself checks, each with what it is called in the summary. */
  readonly logins: ReadonlyMap<string, string>;
  /** The scheme of operations that name none; it may have to be added. */
  readonly usual: string;
};

/**
 * Decides what each scheme is for. An API key in a header or in the query becomes a key of Latchkey. Everything else (a
 * token, a cookie, Basic, OAuth) is a login that the API itself checks, unless the contract says otherwise.
 * @param chosen the scheme that carries keys, where a person has chosen one.
 */
export function rolesOf({ document, schemeNames }: Outline, chosen: string | undefined): Roles {
  const schemes = schemesIn(document);
  const keys = schemes.filter(([name, scheme]) => name === chosen || carriesKeys(scheme)).map(([name]) => name);
  const logins = schemes
    .filter(([name]) => !keys.includes(name))
    .map(([name, scheme]) => [name, kindOf(scheme)] as const);
  const inHeader = schemes.find(([name, scheme]) => keys.includes(name) && scheme["in"] !== "query");
  const free = schemeNames.includes("ApiKey") ? "LatchkeyKey" : "ApiKey";
  return { keys: new Set(keys), logins: new Map(logins), usual: chosen ?? inHeader?.[0] ?? keys[0] ?? free };
}

function carriesKeys(scheme: JsonObject): boolean {
  const { security, carrier, prefix } = asRecord(scheme["x-latchkey"]);
  if (security === "passthrough") return false;
  if (carrier !== undefined || prefix !== undefined) return true;
  const { type, in: place, name } = scheme;
  return type === "apiKey" && (place === "query" || (place === "header" && !/^authorization$/i.test(String(name))));
}

function kindOf({ type, scheme, in: place, name }: JsonObject): string {
  if (type === "http") return `HTTP ${String(scheme)}`;
  if (type === "oauth2") return "OAuth 2";
  if (type === "openIdConnect") return "OpenID Connect";
  if (type === "apiKey") return `${place} ${name}`;
  return String(type);
}
