import type { OpenApiDocument } from "../../document/openapi-document.ts";
import type { FoundOperation, Outline } from "../outline.ts";
import { parseTemplate, splitSegment, type TemplateSegment } from "./path-template.ts";

/** Two operations that match some of the same requests, though each of them is the more literal one somewhere. */
export type Overlap = {
  readonly used: FoundOperation;
  readonly other: FoundOperation;
  /** A path that both match. */
  readonly example: string;
};

/** Finds such operations as `GET /{kind}/mine` and `GET /books/{id}`: OpenAPI does not say which of them `/books/mine` is. */
export function findOverlaps({ document, operations }: Outline): readonly Overlap[] {
  const templates = operations.map((found) => ({ found, template: withNumbers(document, found) }));
  const groups = Map.groupBy(templates, ({ found, template }) => `${found.method} ${template.length}`);
  return [...groups.values()].flatMap((group) =>
    group.flatMap(({ found, template }, index) =>
      group.slice(index + 1).flatMap((later): readonly Overlap[] => {
        const crossing = compare(template, later.template);
        if (crossing === undefined) return [];
        const [used, other] = crossing.isFirstUsed ? [found, later.found] : [later.found, found];
        return [{ used, other, example: crossing.example }];
      }),
    ),
  );
}

/** A path without parameters that no text fills: those that are numbers. */
function withNumbers({ resolve }: OpenApiDocument, { path, parameters }: FoundOperation): Template {
  const numbers = new Set(
    parameters.flatMap(({ parameter: { in: place, name, schema } }) =>
      place === "path" && NUMBERS.includes(resolve(schema)?.["type"]) ? [name] : [],
    ),
  );
  return parseTemplate(path).map((parts) => ({
    parts,
    text: textOf(parts),
    isNumber: parts.some((part) => part.kind === "parameter" && numbers.has(part.name)),
  }));
}

const NUMBERS: readonly unknown[] = ["integer", "number"];

type Segment = {
  readonly parts: TemplateSegment;
  /** Of a segment without parameters. */
  readonly text: string | undefined;
  readonly isNumber: boolean;
};
type Template = readonly Segment[];

const NONE: Segment = { parts: [], text: "", isNumber: false };

function compare(one: Template, other: Template) {
  // Most pairs differ in a text.
  if (one.some(({ text }, at) => text !== undefined && text !== (other[at]?.text ?? text))) return undefined;
  const texts: string[] = [];
  /** For each segment where one template is more literal: is it the first? */
  const literal: boolean[] = [];
  for (const [index, segment] of one.entries()) {
    const opposite = other[index] ?? NONE;
    const [a, b] = [segment.text, opposite.text];
    if (a !== undefined && b !== undefined) {
      if (a !== b) return undefined;
    } else if (a !== undefined || b !== undefined) {
      const { parts, isNumber } = a === undefined ? segment : opposite;
      const text = a ?? b ?? "";
      if (splitSegment(text, parts) === undefined || (isNumber && !/\d/.test(text))) return undefined;
      literal.push(a !== undefined);
    } else if (segment.parts.length > 1 || opposite.parts.length > 1) {
      // Whether two segments of text and parameters overlap is not looked at.
      return undefined;
    }
    texts.push(a ?? b ?? "1");
  }
  const [isFirstUsed] = literal;
  if (isFirstUsed === undefined || literal.every((one) => one === isFirstUsed)) return undefined;
  return { isFirstUsed, example: `/${texts.join("/")}` };
}

/** The text of a segment without parameters. */
function textOf(segment: TemplateSegment): string | undefined {
  if (segment.length === 0) return "";
  const [part] = segment;
  return segment.length === 1 && part?.kind === "text" ? part.text : undefined;
}
