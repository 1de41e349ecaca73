/** A path of the contract, split at its slashes: `/v1/keys/{keyId}:archive` has three segments. */
export type PathTemplate = readonly TemplateSegment[];

/** The texts and parameters of one segment, in their order. The texts are decoded. */
export type TemplateSegment = readonly TemplatePart[];

export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "parameter"; readonly name: string };

/** The names of OpenAPI's template expressions: anything but these characters. */
const PARAMETER = /\{([^{}/?#]*)\}/g;

export function parseTemplate(path: string): PathTemplate {
  return withoutFragment(path).replace(/^\//, "").split("/").map(parseSegment);
}

/** The path of requests: some contracts tell operations of one path apart by a fragment, which no request has. */
export function withoutFragment(path: string): string {
  const at = path.indexOf("#");
  return at < 0 ? path : path.slice(0, at);
}

function parseSegment(written: string): TemplateSegment {
  const parts: TemplatePart[] = [];
  let end = 0;
  const addText = (text: string) => {
    if (text !== "") parts.push({ kind: "text", text: decodedText(text) });
  };
  for (const { 0: whole, 1: name = "", index } of written.matchAll(PARAMETER)) {
    addText(written.slice(end, index));
    parts.push({ kind: "parameter", name });
    end = index + whole.length;
  }
  addText(written.slice(end));
  return parts;
}

/** `caf%C3%A9` and `café` are the same text; a broken encoding is left as it is. */
function decodedText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The names of a path's parameters, in order. */
export function namesIn(path: string): readonly string[] {
  return [...withoutFragment(path).matchAll(PARAMETER)].map(([, name = ""]) => name);
}

/** `/things/{id}` → `/things/{}`: two paths of one shape match the same requests. */
export function shapeOf(path: string): string {
  const shapes = parseTemplate(path).map((segment) =>
    segment.map((part) => (part.kind === "parameter" ? "{}" : encodeURIComponent(part.text))).join(""),
  );
  return `/${shapes.join("/")}`;
}

/** Where a parameter stands in the text of its segment: from `start` up to, and without, `end`. */
export type Range = readonly [start: number, end: number];

/**
 * Finds the parameters of `segment` in a decoded text, in time linear in its length. Each takes at least one character,
 * and the first ones as many as they can: `a.tar.gz` as `{name}.{type}` has the type `gz`.
 * @returns undefined when the text does not match.
 */
export function splitSegment(text: string, segment: TemplateSegment): readonly Range[] | undefined {
  const ranges: Range[] = [];
  let end = text.length;
  for (let index = segment.length - 1; index >= 0; index--) {
    const part = segment[index];
    if (part?.kind !== "text") continue;
    const isAfterParameter = segment[index + 1] !== undefined;
    const start = startOf(part.text, text, { end, isFirst: index === 0, isAfterParameter });
    if (start === undefined) return undefined;
    if (isAfterParameter) ranges.unshift([start + part.text.length, end]);
    end = start;
  }
  if (segment[0]?.kind !== "parameter") return end === 0 ? ranges : undefined;
  return end > 0 ? [[0, end], ...ranges] : undefined;
}

type Search = { readonly end: number; readonly isFirst: boolean; readonly isAfterParameter: boolean };

/** The last place where `wanted` may stand before `end`, with room for a parameter where one follows it. */
function startOf(wanted: string, text: string, { end, isFirst, isAfterParameter }: Search): number | undefined {
  const latest = end - wanted.length - (isAfterParameter ? 1 : 0);
  if (latest < 0) return undefined;
  if (isFirst) return text.startsWith(wanted) && (isAfterParameter || latest === 0) ? 0 : undefined;
  const start = isAfterParameter ? text.lastIndexOf(wanted, latest) : latest;
  return start >= 0 && text.startsWith(wanted, start) ? start : undefined;
}

/** One character, or its percent-encoded bytes in UTF-8. */
const CHARACTER = /%[c-d].%..|%e.%..%..|%f.%..%..%..|%..|[^%]/gis;

/** The part of a sent text that is `range` when it is decoded. */
export function sliceSent(sent: string, [start, end]: Range = [0, 0]): string {
  let at = 0;
  let slice = "";
  for (const [character] of sent.matchAll(CHARACTER)) {
    if (at >= start && at < end) slice += character;
    at += /^%f/i.test(character) ? 2 : 1;
  }
  return slice;
}
