import { asRecord, type JsonObject } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import { schemeExtensionOf } from "./extension.ts";

/** A place in a request that carries a key. */
export type Carrier = {
  readonly in: "header" | "query" | "cookie";
  /** Header names are in lower case. */
  readonly name: string;
  /** The word before the key, in lower case: `token` for `Authorization: Token KEY`. */
  readonly word?: string;
  /** The part of Basic credentials (RFC 7617) that is the key. */
  readonly basic?: BasicPart;
  /** The words, in lower case, with which other credentials of this header begin: they are not its value. */
  readonly foreignWords?: readonly string[];
};

export type BasicPart = "user-name" | "password" | "either";

/** A security scheme that carries a key. */
export type KeyScheme = Carrier & {
  /** Undefined for an `apiKey` scheme that says nothing. See `keysIn`. */
  readonly precedence?: "chosen" | "fallback";
};

/** The key schemes of a contract, by name. */
export type KeySchemes = Readonly<Record<string, KeyScheme>>;

/** The places of credentials that the upstream checks, by scheme; undefined where a request does not show them. */
export type OtherSchemes = Readonly<Record<string, Carrier | undefined>>;

/** The headers that can carry a key, in lower case. */
export function keyHeadersOf(schemes: KeySchemes): readonly string[] {
  return [...new Set(headerCarriersOf(schemes).map(({ name }) => name))];
}

/** The headers that hold nothing but a key: all but Authorization where a word in it tells keys from other credentials. */
export function onlyKeyHeadersOf(schemes: KeySchemes): readonly string[] {
  const carriers = headerCarriersOf(schemes).filter((one) => one.name !== "authorization" || isPlain(one));
  return [...new Set(carriers.map(({ name }) => name))];
}

/** The carriers that are headers, not query parameters or cookies. */
export function headerCarriersOf(schemes: KeySchemes): readonly Carrier[] {
  return Object.values(schemes).filter((carrier) => carrier.in === "header");
}

/** The names of the cookies that can carry a key. */
export function keyCookiesOf(schemes: KeySchemes): readonly string[] {
  return Object.values(schemes).flatMap((carrier) => (carrier.in === "cookie" ? [carrier.name] : []));
}

/** Whether the whole value of the carrier is the key. */
export function isPlain({ word, basic }: Carrier): boolean {
  return word === undefined && basic === undefined;
}

/** Is the place of `carrier` one of `carriers`? */
export function isIn(carriers: readonly Carrier[], carrier: Carrier): boolean {
  return carriers.some((one) => isSamePlace(one, carrier));
}

function isSamePlace(one: Carrier, other: Carrier): boolean {
  return one.in === other.in && one.name === other.name && one.word === other.word && one.basic === other.basic;
}

/** Reads the security schemes that carry keys: type apiKey, and others that say so in `x-latchkey`. */
export function toKeySchemes(document: OpenApiDocument): KeySchemes {
  // Without a prototype: otherwise every contract would have a scheme called "constructor".
  const schemes: Record<string, KeyScheme> = Object.create(null);
  for (const [name, scheme] of schemesIn(document)) {
    const found = toKeyScheme(scheme);
    if (found) schemes[name] = found;
  }
  const foreignWords = authorizationWords([
    ...Object.values(schemes),
    ...schemesIn(document).map(([, scheme]) => placeOf(scheme)),
  ]);
  for (const [name, scheme] of Object.entries(schemes)) {
    if (scheme.name === "authorization" && isPlain(scheme)) schemes[name] = { ...scheme, foreignWords };
  }
  return schemes;
}

/** Authorization: Bearer stands for each header that takes a key, whether the contract declares it or not. */
function authorizationWords(carriers: readonly (Carrier | undefined)[]): readonly string[] {
  const words = carriers.flatMap((carrier) => {
    if (carrier?.name !== "authorization") return [];
    return carrier.basic === undefined ? (carrier.word ?? []) : "basic";
  });
  return [...new Set(["bearer", ...words])];
}

/** Reads the schemes with `x-latchkey: { security: passthrough }`. */
export function toOtherSchemes(document: OpenApiDocument): OtherSchemes {
  const schemes: Record<string, Carrier | undefined> = Object.create(null);
  for (const [name, scheme] of schemesIn(document)) {
    if (schemeExtensionOf(scheme).security === "passthrough") schemes[name] = placeOf(scheme);
  }
  return schemes;
}

/** The described scopes of keys, name → description, from `x-scopes` of every scheme. */
export function toScopes(document: OpenApiDocument): Readonly<Record<string, string>> {
  return Object.assign({}, ...schemesIn(document).map(([, scheme]) => asRecord(scheme["x-scopes"])));
}

/** The security schemes of a document by name, with references followed. */
export function schemesIn({ root, resolve }: OpenApiDocument): readonly [string, JsonObject][] {
  const schemes = asRecord(asRecord(root["components"])["securitySchemes"]);
  return Object.entries(schemes).map(([name, scheme]) => [name, resolve(scheme) ?? {}]);
}

function toKeyScheme(scheme: JsonObject): KeyScheme | undefined {
  const { carrier, prefix, security } = schemeExtensionOf(scheme);
  const isChosen = (carrier !== undefined && carrier !== "fallback") || prefix !== undefined;
  if (security === "passthrough" || !(isChosen || carrier === "fallback" || scheme["type"] === "apiKey")) {
    return undefined;
  }
  const place = placeOf(scheme);
  if (place === undefined) return scheme["type"] === "mutualTLS" ? { ...BEARER, precedence: "fallback" } : undefined;
  const precedence = isChosen ? "chosen" : carrier;
  return {
    ...place,
    ...(prefix !== undefined && { word: prefix.toLowerCase() }),
    ...(place.basic !== undefined && (carrier === "user-name" || carrier === "password") && { basic: carrier }),
    ...(precedence === "chosen" || precedence === "fallback" ? { precedence } : {}),
  };
}

const AUTHORIZATION = { in: "header", name: "authorization" } as const;
const BEARER: Carrier = { ...AUTHORIZATION, word: "bearer" };

/** Where a credential of this scheme is in a request. */
function placeOf({ type, in: place, name, scheme }: JsonObject): Carrier | undefined {
  if (type === "oauth2" || type === "openIdConnect") return BEARER;
  if (type === "http" && typeof scheme === "string") {
    const word = scheme.toLowerCase();
    if (word === "basic") return { ...AUTHORIZATION, basic: "either" };
    return COMPUTED.has(word) ? BEARER : { ...AUTHORIZATION, word };
  }
  if (type !== "apiKey" || typeof name !== "string") return undefined;
  if (place === "header") return { in: "header", name: name.toLowerCase() };
  return place === "query" || place === "cookie" ? { in: place, name } : undefined;
}

/** Schemes of the IANA registry whose credentials a client computes, so that they cannot be a key. */
const COMPUTED: ReadonlySet<string> = new Set(
  "digest dpop gnap hoba mutual negotiate oauth scram-sha-1 scram-sha-256 vapid".split(" "),
);
