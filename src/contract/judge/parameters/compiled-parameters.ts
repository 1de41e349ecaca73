import type { IncomingHttpHeaders } from "node:http";
import { parseCookies } from "../../../lib/http/cookies.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import type { FoundOperation } from "../../model/outline.ts";
import type { InvalidRequest, JudgedRequest, Parameters } from "../judge.ts";
import type { CompiledSchemas } from "../schemas/compiled-schemas.ts";
import { type Place, toParameter } from "./parameter.ts";
import {
  type Compiled,
  createPlaceReader,
  type ParameterProblem,
  type PlaceReader,
  toProblem,
} from "./place-reader.ts";
import { createGatherQuery, type Gathered } from "./query/gather-query.ts";
import { queryReadings } from "./query/query-readings.ts";
import { createReader } from "./reader.ts";
import { Unreadable } from "./split.ts";
import { textReadings, type WrittenText } from "./text-readings.ts";
import { createConverter } from "./values/converter.ts";
import { createShapes } from "./values/value-shape.ts";

/** Decides about the parameters of requests for one operation. */
export type ParameterJudge = {
  /** The values, converted and with defaults; undefined when the parameters do not match the contract. */
  readonly read: (request: JudgedRequest) => Parameters | undefined;
  /** What is wrong where `read` returns undefined. */
  readonly explain: (request: JudgedRequest) => InvalidRequest;
};

/** @throws NotCompiled, or an error of Ajv, when a schema cannot be compiled. */
export function compileParameters(
  document: OpenApiDocument,
  found: FoundOperation,
  schemas: CompiledSchemas,
): ParameterJudge {
  const shapeOf = createShapes(document);
  const all = found.parameters
    .flatMap((one) => toParameter(document, one, shapeOf) ?? [])
    .map((parameter): Compiled => ({ parameter, converter: createConverter(parameter, schemas) }));
  const inPlace = (place: Place) => all.filter(({ parameter }) => parameter.in === place);
  const path = textPlace(inPlace("path"), pathTextOf);
  const query = queryPlace(inPlace("query"), found.credentialParameters);
  const header = textPlace(inPlace("header"), ({ headers }, name) => headerOf(headers, name));
  const cookie = cookiePlace(inPlace("cookie"));
  return {
    read: (request) => {
      const inPath = path.read(request);
      const inQuery = inPath && query.read(request);
      const inHeader = inQuery && header.read(request);
      const inCookie = inHeader && cookie.read(request);
      return inPath && inQuery && inHeader && inCookie
        ? { path: inPath, query: inQuery, header: inHeader, cookie: inCookie }
        : undefined;
    },
    explain: (request) => toInvalid([path, query, header, cookie].flatMap(({ explain }) => explain(request))),
  };
}

type PlaceJudge = {
  readonly read: (request: JudgedRequest) => Readonly<Record<string, unknown>> | undefined;
  readonly explain: (request: JudgedRequest) => readonly ParameterProblem[];
};

function placeJudge<Raw>(
  { read, explain }: PlaceReader<Raw>,
  gather: (request: JudgedRequest) => Pick<Gathered, "problems"> & { readonly raws: readonly (Raw | undefined)[] },
): PlaceJudge {
  return {
    read: (request) => {
      const { raws, problems } = gather(request);
      return problems === undefined ? read(raws) : undefined;
    },
    explain: (request) => {
      const { raws, problems = [] } = gather(request);
      return [...problems, ...explain(raws)];
    },
  };
}

function textPlace(
  all: readonly Compiled[],
  textOf: (request: JudgedRequest, name: string) => WrittenText | undefined,
): PlaceJudge {
  const names = all.map(({ parameter }) => parameter.name);
  const reader = createPlaceReader(all, ({ parameter, converter }) => createReader(textReadings(parameter), converter));
  return placeJudge(reader, (request) => ({
    raws: names.map((name) => textOf(request, name)),
    problems: undefined,
  }));
}

function pathTextOf({ pathParams, encodedPathParams }: JudgedRequest, name: string): WrittenText | undefined {
  const text = pathParams[name];
  const sent = encodedPathParams?.[name];
  return text === undefined || sent === undefined ? text : { text, sent };
}

function queryPlace(all: readonly Compiled[], credentials: readonly string[]): PlaceJudge {
  const gather = createGatherQuery(
    all.map(({ parameter }) => parameter),
    credentials,
  );
  const reader = createPlaceReader(all, ({ parameter, converter }) =>
    createReader(queryReadings(parameter), converter),
  );
  return placeJudge(reader, ({ query }) => gather(query));
}

function cookiePlace(all: readonly Compiled[]): PlaceJudge {
  // Node makes its table of headers when it is first read, which costs more than all the rest here.
  if (all.length === 0) return { read: () => ({}), explain: () => [] };
  const names = all.map(({ parameter }) => parameter.name);
  const reader = createPlaceReader(all, ({ parameter, converter }) => createReader(textReadings(parameter), converter));
  return placeJudge(reader, ({ headers: { cookie = "" } }) => {
    const cookies = parseCookies(cookie);
    const twice = names.filter((name) => (cookies.get(name)?.length ?? 0) > 1);
    const problems = twice.map((name) => toProblem("cookie", name, TWICE));
    return {
      raws: names.map((name) => cookies.get(name)?.[0]),
      problems: problems.length === 0 ? undefined : problems,
    };
  });
}

const TWICE = new Unreadable("must be sent only once");

/** The value of a header as Node joins its lines. */
function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const key = name.toLowerCase();
  const value = Object.hasOwn(headers, key) ? headers[key] : undefined;
  return Array.isArray(value) ? value.join(", ") : value;
}

const MAX_PARTS = 20;

function toInvalid([first, ...others]: readonly ParameterProblem[]): InvalidRequest {
  if (first === undefined) throw new Error("A request whose parameters match has nothing to explain.");
  const more = others.slice(0, MAX_PARTS - 1).map(({ part }) => part);
  return { kind: "invalid", detail: first.sentence, parts: [first.part, ...more] };
}
