import { asRecord, type JsonObject, resolve } from "../../../src/contract/document/json.ts";

/** What a request needs to be let in. */
export type Credentials = {
  readonly headers: readonly (readonly [string, string])[];
  readonly query: readonly (readonly [string, string])[];
  readonly cookies: readonly (readonly [string, string])[];
};

const NONE: Credentials = { headers: [], query: [], cookies: [] };

/** A login that is not a key. */
const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";

/**
 * The credentials for the first alternative that asks for a key, as a caller would send them: the key goes where an
 * `apiKey` scheme says, or else where the login would be. Where nothing is said, a key is needed all the same.
 */
export function credentialsFor(
  document: JsonObject,
  security: readonly JsonObject[] | undefined,
  key: string,
): Credentials {
  const schemes = asRecord(asRecord(document["components"])["securitySchemes"]);
  const find = (name: string) => resolve(document, schemes[name]) ?? {};
  const isKey = (name: string) => find(name)["type"] === "apiKey";
  if (security === undefined) return withDefault(Object.keys(schemes).map(find), key);
  const chosen =
    security.find((one) => Object.keys(one).some(isKey)) ?? security.find((one) => Object.keys(one).length > 0);
  const names = Object.keys(chosen ?? {});
  const keyName = names.find(isKey);
  const all = names
    .map((name) => credentialOf(find(name), keyName === undefined || keyName === name ? key : undefined))
    .toSorted((one, other) => Number(has(other, key)) - Number(has(one, key)))
    .reduce(joined, NONE);
  // Two schemes may share a header: it can be sent once, and so it carries the key.
  const isFirst = ([name]: readonly [string, string], index: number) =>
    all.headers.findIndex(([other]) => other.toLowerCase() === name.toLowerCase()) === index;
  return { ...all, headers: all.headers.filter(isFirst) };
}

function has({ headers, query, cookies }: Credentials, key: string): boolean {
  return [...headers, ...query, ...cookies].some(([, value]) => value.includes(key));
}

/** A key in the first header that is declared for keys. */
function withDefault(schemes: readonly JsonObject[], key: string): Credentials {
  const found = schemes.find(({ type, in: place }) => type === "apiKey" && place === "header");
  return { ...NONE, headers: [[String(found?.["name"] ?? "x-api-key"), key]] };
}

function joined(one: Credentials, other: Credentials): Credentials {
  return {
    headers: [...one.headers, ...other.headers],
    query: [...one.query, ...other.query],
    cookies: [...one.cookies, ...other.cookies],
  };
}

/** @param key undefined for a credential besides the key. */
function credentialOf({ type, in: place, name, scheme }: JsonObject, key: string | undefined): Credentials {
  const pair = [String(name), key ?? "another-credential"] as const;
  if (type === "apiKey" && place === "header") return { ...NONE, headers: [pair] };
  if (type === "apiKey" && place === "query") return { ...NONE, query: [pair] };
  if (type === "apiKey") return { ...NONE, cookies: [pair] };
  const isBasic = type === "http" && String(scheme).toLowerCase() === "basic";
  const basic = Buffer.from(key === undefined ? "user:password" : `${key}:`).toString("base64");
  return { ...NONE, headers: [["authorization", isBasic ? `Basic ${basic}` : `Bearer ${key ?? TOKEN}`]] };
}
