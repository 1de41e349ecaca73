import { meansAnother } from "../../loose-names.ts";
import type { Violation } from "../../schemas/compiled-schemas.ts";
import { decodeFormText } from "../decode.ts";
import type { Parameter } from "../parameter.ts";
import { type ParameterProblem, toProblem } from "../place-reader.ts";
import { Unreadable } from "../split.ts";
import { type Bracketed, nestBrackets } from "./brackets.ts";
import { type QueryNames, toQueryNames } from "./query-names.ts";
import { Parts, type QueryRaw } from "./query-readings.ts";

/** What a query has of each parameter, by its index, and what in it belongs to none. */
export type Gathered = {
  readonly raws: readonly (QueryRaw | undefined)[];
  /** Undefined when there are none. */
  readonly problems: readonly ParameterProblem[] | undefined;
};

/** @param query without its question mark. */
export type GatherQuery = (query: string) => Gathered;

/** @param credentials names that are not judged: the upstream checks what they contain. */
export function createGatherQuery(parameters: readonly Parameter[], credentials: readonly string[]): GatherQuery {
  const names = toQueryNames(parameters, credentials);
  return (query) => {
    const gathering = new Gathering(names, parameters);
    for (let start = 0; start < query.length; ) {
      const end = indexOr(query, "&", start);
      if (end > start) gathering.addPair(query.slice(start, end));
      start = end + 1;
    }
    return gathering.end();
  };
}

function indexOr(text: string, part: string, from: number): number {
  const at = text.indexOf(part, from);
  return at < 0 ? text.length : at;
}

/** Names with what is sent under each, decoded. */
type Texts = Map<string, string[]>;

class Gathering {
  readonly #names: QueryNames;
  readonly #parameters: readonly Parameter[];
  readonly #raws: (QueryRaw | string[] | undefined)[];
  /** By the index of a parameter: names with brackets after its own, and its properties. */
  #bracketed: Map<number, Texts> | undefined;
  #properties: Map<number, Texts> | undefined;
  #problems: ParameterProblem[] | undefined;

  constructor(names: QueryNames, parameters: readonly Parameter[]) {
    this.#names = names;
    this.#parameters = parameters;
    this.#raws = new Array(parameters.length);
  }

  addPair(pair: string) {
    const at = indexOr(pair, "=", 0);
    const written = pair.slice(0, at);
    const raw = pair.slice(at + 1);
    const known = this.#names.find(written);
    if (known?.kind === "parameter") return this.#addRaw(known.index, raw);
    const name = decodeFormText(written);
    if (name instanceof Unreadable) return this.#refuse(written, name);
    this.#addDecoded(name, raw);
  }

  #addDecoded(name: string, raw: string) {
    const found = this.#names.find(name);
    if (found?.kind === "credential") return;
    if (found?.kind === "parameter") return this.#addRaw(found.index, raw);
    const text = decodeFormText(raw);
    if (text instanceof Unreadable) return this.#refuse(name, text);
    if (found !== undefined) return this.#addProperty(found.index, name, text);
    const bracket = name.indexOf("[");
    const holder = bracket < 0 ? undefined : this.#names.find(name.slice(0, bracket));
    if (holder?.kind === "parameter") {
      this.#bracketed ??= new Map();
      return addText(this.#bracketed, holder.index, name, text);
    }
    const isOpen = this.#names.open !== undefined && !meansAnother(name, (one) => this.#names.find(one) !== undefined);
    if (isOpen) return this.#addProperty(this.#names.open.index, name, text);
    this.#refuse(name, { path: "", detail: `Unknown query parameter '${name}'` });
  }

  #addRaw(index: number, raw: string) {
    const before = this.#raws[index];
    if (before === undefined) this.#raws[index] = raw;
    else if (typeof before === "string") this.#raws[index] = [before, raw];
    else if (Array.isArray(before)) before.push(raw);
  }

  #addProperty(index: number, name: string, text: string) {
    this.#properties ??= new Map();
    addText(this.#properties, index, name, text);
  }

  #refuse(name: string, violation: Violation | Unreadable) {
    this.#problems ??= [];
    this.#problems.push(toProblem("query", name, violation));
  }

  end(): Gathered {
    for (const [index, texts] of this.#properties ?? []) this.#addParts(index, Object.fromEntries(ownTexts(texts)));
    for (const [index, texts] of this.#bracketed ?? []) {
      const bracketed: Bracketed[] = [...texts];
      const name = this.#parameters[index]?.name ?? "";
      const nested = nestBrackets(bracketed);
      if (nested === undefined) this.#refuse(name, INVALID_BRACKETS);
      else this.#addParts(index, nested[name]);
    }
    return { raws: this.#raws, problems: this.#problems };
  }

  #addParts(index: number, value: unknown) {
    const { name = "" } = this.#parameters[index] ?? {};
    if (this.#raws[index] === undefined) this.#raws[index] = new Parts(value);
    else this.#refuse(name, TWO_WAYS);
  }
}

const TWO_WAYS = new Unreadable("must be written in one way only");
const INVALID_BRACKETS = new Unreadable(
  "has invalid brackets after its name: write name[property] or name[], and each name once",
);

function addText(all: Map<number, Texts>, index: number, name: string, text: string) {
  const texts: Texts = all.get(index) ?? new Map();
  all.set(index, texts);
  const before = texts.get(name);
  if (before === undefined) texts.set(name, [text]);
  else before.push(text);
}

/** A name that comes once has a text, another one a list. */
function ownTexts(texts: Texts): readonly (readonly [string, unknown])[] {
  return [...texts].map(([name, all]) => [name, all.length === 1 ? all[0] : all] as const);
}
