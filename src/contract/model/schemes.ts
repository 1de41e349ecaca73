import { asRecord, type JsonObject } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";

/** The header or query parameter that carries a key. Header names are in lower case. */
export type Carrier = { readonly in: "header" | "query"; readonly name: string };

/** The key schemes of a contract, by name. */
export type KeySchemes = Readonly<Record<string, Carrier>>;

/** The headers that can carry a key, in lower case. */
export function keyHeadersOf(schemes: KeySchemes): readonly string[] {
  return headerCarriersOf(schemes).map(({ name }) => name);
}

/** The carriers that are headers, not query parameters. */
export function headerCarriersOf(schemes: KeySchemes): readonly Carrier[] {
  return Object.values(schemes).filter((carrier) => carrier.in === "header");
}

/** Reads the security schemes of type apiKey that travel in a header or in the query. */
export function toKeySchemes(document: OpenApiDocument): KeySchemes {
  // Without a prototype: otherwise every contract would have a scheme called "constructor".
  const schemes: Record<string, Carrier> = Object.create(null);
  for (const [name, scheme] of schemesIn(document)) {
    const carrier = toCarrier(scheme);
    if (carrier) schemes[name] = carrier;
  }
  return schemes;
}

/** The described scopes, name → description, from `x-scopes` of every scheme. */
export function toScopes(document: OpenApiDocument): Readonly<Record<string, string>> {
  return Object.assign({}, ...schemesIn(document).map(([, scheme]) => asRecord(scheme["x-scopes"])));
}

/** The security schemes of a document by name, with references followed. */
export function schemesIn({ root, resolve }: OpenApiDocument): readonly [string, JsonObject][] {
  const schemes = asRecord(asRecord(root["components"])["securitySchemes"]);
  return Object.entries(schemes).map(([name, scheme]) => [name, resolve(scheme) ?? {}]);
}

function toCarrier(scheme: JsonObject): Carrier | undefined {
  const { type, in: place, name } = scheme;
  if (type !== "apiKey" || typeof name !== "string") return undefined;
  if (place === "header") return { in: "header", name: name.toLowerCase() };
  return place === "query" ? { in: "query", name } : undefined;
}
