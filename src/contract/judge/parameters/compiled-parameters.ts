import type { IncomingHttpHeaders } from "node:http";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import type { Operation } from "../../model/operations.ts";
import type { FoundOperation } from "../../model/outline.ts";
import type { JudgedRequest, Parameters } from "../judge.ts";
import type { CompiledSchemas, Convert } from "../schemas/compiled-schemas.ts";
import { type Absence, compileAbsence, fillAbsent } from "./absence.ts";
import { compileConversion } from "./convert.ts";
import { parseCookies } from "./cookies.ts";
import { type Parameter, type Place, toParameter } from "./parameter.ts";
import { toQueryParameter } from "./query-parameter.ts";
import { createReadQuery, type ReadQuery } from "./read-query.ts";
import { compileText } from "./text-parameter.ts";

/** Reads the parameters of a request: converted, with defaults; undefined when they may be invalid. */
export type ReadParameters = (request: JudgedRequest) => Parameters | undefined;

/** @throws NotCompiled, or an error of Ajv, when only the validator can judge requests for this operation. */
export function compileParameters(
  document: OpenApiDocument,
  found: FoundOperation,
  operation: Operation,
  schemas: CompiledSchemas,
): ReadParameters {
  const described = found.parameters.flatMap((one) => toParameter(document, one, operation) ?? []);
  const compiled = described.map((parameter): Compiled => {
    const convert = compileConversion(document, parameter, schemas);
    return { parameter, convert, absence: compileAbsence(parameter, convert, schemas) };
  });
  const inPlace = (place: Place) => compiled.filter(({ parameter }) => parameter.in === place);
  const readPath = textsReader(inPlace("path"), schemas);
  const readQuery = queryReader(inPlace("query"), schemas);
  const readHeader = textsReader(inPlace("header"), schemas);
  const readCookie = textsReader(inPlace("cookie"), schemas);
  const cookies = cookiesReader(inPlace("cookie").length > 0);

  return (request) => {
    const path = readPath((name) => request.pathParams[name]);
    const query = path && readQuery(request.query);
    const header = query && readHeader((name) => headerOf(request.headers, name));
    const sent = header && cookies(request);
    const cookie = sent && readCookie((name) => sent.get(name));
    return path && query && header && cookie && { path, query, header, cookie };
  };
}

type Compiled = { readonly parameter: Parameter; readonly convert: Convert; readonly absence: Absence };

type ReadTexts = (textOf: (name: string) => string | undefined) => Record<string, unknown> | undefined;

/** Reads parameters that are one text each. */
function textsReader(all: readonly Compiled[], schemas: CompiledSchemas): ReadTexts {
  const readers = all.map(({ parameter, convert, absence }) => ({
    name: parameter.name,
    absence,
    read: compileText(parameter, convert, schemas),
  }));
  return (textOf) => {
    const values: Record<string, unknown> = {};
    for (const { name, read, absence } of readers) {
      const text = textOf(name);
      const value = text === undefined ? undefined : read(text);
      if (value !== undefined) values[name] = value;
      else if (text !== undefined || !fillAbsent(values, name, absence)) return undefined;
    }
    return values;
  };
}

function queryReader(all: readonly Compiled[], schemas: CompiledSchemas): ReadQuery {
  const read = createReadQuery(all.map(({ parameter, convert }) => toQueryParameter(parameter, convert, schemas)));
  const absences = all.map(({ parameter, absence }) => [parameter.name, absence] as const);
  return (query) => {
    const values = read(query);
    if (values === undefined) return undefined;
    for (const [name, absence] of absences) {
      if (!(name in values) && !fillAbsent(values, name, absence)) return undefined;
    }
    return values;
  };
}

/** The value of a header as Node joins its lines. */
function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(", ") : value;
}

const NO_COOKIES: ReadonlyMap<string, string> = new Map();

/** Node makes its table of headers when it is first read, which costs more than all the rest here. */
function cookiesReader(isNeeded: boolean): (request: JudgedRequest) => ReadonlyMap<string, string> | undefined {
  if (!isNeeded) return () => NO_COOKIES;
  return ({ headers: { cookie } }) => (cookie === undefined ? NO_COOKIES : parseCookies(cookie));
}
